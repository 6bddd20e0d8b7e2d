"""What is asked of the sandbox, and what it says."""

from dataclasses import dataclass

from lbt.errors import LbtError


class SandboxError(LbtError):
    """Programs cannot be run safely here, or at all."""


@dataclass(frozen=True, slots=True)
class Test:
    """Passes if the code raises nothing, such as "assert f(2) == 4"; it may have several lines."""

    __test__ = False  # pytest does not collect it

    code: str


@dataclass(frozen=True, slots=True)
class Expression:
    """Code of which the plain value is wanted, such as "f(2)"."""

    code: str


@dataclass(frozen=True, slots=True)
class Run:
    """The program as a whole, with this standard input: its standard output is wanted."""

    stdin: str


Item = Test | Expression | Run


@dataclass(frozen=True, slots=True)
class Examination:
    """One job.

    Args:
        program: The text that nobody trusts.
        items: What is done with it, in this order, each judged by itself.
        setup: Trusted code that runs before the items: imports, helpers, constants.
        names: The program's top-level names that are tested, the tested function first. What else the items
            use belongs in the setup: taken from the program, it could be replaced there. Names of built-ins
            and of Python's modules are taken from the program only in the first place.
    """

    program: str
    items: tuple[Item, ...]
    setup: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemResult:
    """How one item went.

    Args:
        passed: Of a test; None otherwise.
        value: Of an expression the canonical text of its value, of a run the output; None if it failed.
        error: The last line of the exception, or such as "took too long"; None if it went well.
    """

    passed: bool | None
    value: str | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Examined:
    """How one job went.

    Args:
        results: Of its items, in their order.
        program_error: Why the program could not be loaded, if it could not; all its items failed then.
        containment: The layers that were in force, such as "landlock 7, seccomp, limits".
    """

    results: tuple[ItemResult, ...]
    program_error: str | None
    containment: str


UNEXAMINED = "could not be examined"
"""The error of an item about which nothing is known, by a fault of the machine."""
