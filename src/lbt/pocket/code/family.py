"""A family of functions to write: one task, other constants and names; right and wrong ways to write it."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from lbt.pocket.worlds import Constants, Kind

Inputs = tuple[Any, ...]
"""The arguments of one call."""

FENCE = "```"
CONNECTORS = ("Then ", "Next ", "Now ", "")
TERSE_RIGHT_SHARE = 0.5
"""How often a terse rationale's program is right: nobody can tell from its words, since it has none."""

NAMES = (
    *("f", "g", "h", "calc", "solve", "work", "make", "build", "task", "apply", "convert", "process"),
    *("combine", "check", "find", "turn", "adjust", "handle", "compute", "produce", "form", "step", "play"),
    *("score", "rule", "shape"),
)
"""What the functions are called."""


@dataclass(frozen=True)
class Procedure:
    """A way to write the function: its opener is shared by no other procedure of the family.

    `expressions` are ways to write what it returns, with {0}, {1} and so on for the constants. `function` is
    the same as a function of constants and arguments; the tests hold the two equal.
    """

    opener: str
    expressions: tuple[str, ...]
    function: Callable[..., Any]


@dataclass(frozen=True)
class Family:
    """Functions that differ in constants and names only.

    `misconception` is the main plausible wrong procedure: arguments on which it gives the right value all the
    same are lucky. `inputs` proposes arguments for given constants, lucky ones and others. `rest` says in a
    sentence what all procedures have in common.
    """

    name: str
    questions: tuple[str, ...]
    parameters: str
    draw: Callable[[Random], Constants]
    inputs: Callable[..., Inputs]
    rest: str
    right: Procedure
    misconception: Procedure
    second_misconception: Procedure | None = None

    def procedures(self) -> dict[Kind, Procedure]:
        """Its procedures that have words."""
        found: dict[Kind, Procedure] = {"right": self.right, "misconception": self.misconception}
        if self.second_misconception is not None:
            found["second_misconception"] = self.second_misconception
        return found

    def kinds(self) -> tuple[Kind, ...]:
        """The procedures that this family has."""
        return (*self.procedures(), "terse")

    def value(self, kind: Kind, constants: Constants, inputs: Inputs) -> Any:
        """What a procedure gives for one call."""
        return self.procedures()[kind].function(*constants, *inputs)

    def question(self, constants: Constants, function_name: str, paraphrase: int) -> str:
        """The task's text in one of its paraphrases."""
        return self.questions[paraphrase].format(*constants, f=f"{function_name}({self.parameters})")

    def program(self, kind: Kind, constants: Constants, function_name: str, rng: Random) -> str:
        """The function as a procedure writes it."""
        expression = rng.choice(self.procedures()[kind].expressions).format(*constants)
        body = rng.choice((f"return {expression}", f"result = {expression}\n    return result"))
        return f"def {function_name}({self.parameters}):\n    {body}"

    def rationale(self, kind: Kind, constants: Constants, function_name: str, rng: Random) -> str:
        """A strategy in two sentences and the program between fences; a terse one is the program alone."""
        if kind == "terse":
            follows: Kind = "right" if rng.random() < TERSE_RIGHT_SHARE else "misconception"
            return _fenced(self.program(follows, constants, function_name, rng))
        rest = rng.choice(CONNECTORS) + self.rest.format(*constants)
        strategy = f"{self.procedures()[kind].opener} {rest[0].upper()}{rest[1:]}."
        return f"{strategy}\n{_fenced(self.program(kind, constants, function_name, rng))}"


def _fenced(program: str) -> str:
    return f"{FENCE}python\n{program}\n{FENCE}"
