"""What the rows of all sources of code problems have in common."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator

from lbt.grading.domains.code import CodeGold, StdioTest, gold_fault
from lbt.grading.domains.code.syntax import LONGEST_PROGRAM
from lbt.problems.rows import Constant, Number, Unusable, kind_of
from lbt.problems.settings import CodeProblemSettings
from lbt.problems.shapes import SourceRow, TextOrNone, WordsOrNone

CodeTest = str | StdioTest

_LONGEST_CODE_ROW = 50_000_000
"""Bytes: EvalPlus has thousands of inputs for some problems."""


def _program(value: Any) -> str:
    if value is None or isinstance(value, Constant):
        raise ValueError("is null")
    if not isinstance(value, str) or isinstance(value, Number):
        raise ValueError(f"must be text, not {kind_of(value)}")
    if len(value) > LONGEST_PROGRAM:
        raise ValueError(f"has {len(value):,} characters, but a program may have at most {LONGEST_PROGRAM:,}")
    if "\0" in value:
        raise ValueError("contains a NUL character")
    return str(value).replace("\r\n", "\n").replace("\r", "\n")


Program = Annotated[str, BeforeValidator(_program)]
"""Python as it stands, but for line ends of other systems."""
ProgramOrNone = Annotated[
    str | None, BeforeValidator(lambda value: None if value is None else _program(value))
]


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError(f"must be a list of texts, not {kind_of(value)}")
    return tuple(_program(one) for one in value)


Programs = Annotated[tuple[str, ...], BeforeValidator(_names)]


class CodeRow(SourceRow):
    """A row whose answer is a program; question and tests follow from fields of its own."""

    question: WordsOrNone = None  # type: ignore[assignment]  # made of the prompt
    answer: TextOrNone = None  # type: ignore[assignment]  # made of the tests

    longest: ClassVar[int] = _LONGEST_CODE_ROW
    family_expected: ClassVar[bool] = False


def divided(
    settings: CodeProblemSettings,
    given: Sequence[CodeTest],
    tests: Sequence[CodeTest],
    examples: Sequence[str],
) -> tuple[tuple[CodeTest, ...], tuple[CodeTest, ...]]:
    """The visible and the hidden tests.

    Args:
        settings: Which are visible.
        given: Those that the source shows.
        tests: All that it has, in its order.
        examples: Those that the question states.
    """
    if settings.visible == "all":
        return tuple(tests), ()
    if settings.visible.startswith("first "):
        first = int(settings.visible.removeprefix("first "))
        return tuple(tests[:first]), tuple(tests[first:])
    visible = examples if settings.visible == "in_prompt" else given
    return tuple(visible), tuple(test for test in tests if test not in visible)


def plain(value: Any) -> Any:
    """A value of a row as Python has it: numbers are texts where they are read.

    Raises ValueError for a whole number of more than 4,300 digits, which Python does not read.
    """
    if isinstance(value, Number):
        return int(value) if value.lstrip("-").isdigit() else float(value)
    if isinstance(value, Constant):
        return value.value
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    return value


def checked(gold: CodeGold, field: str) -> str:
    """The gold answer as a text; raises Unusable, about the row's field, for one that tests nothing."""
    if fault := gold_fault(gold):
        raise Unusable(field, fault)
    return gold.dumped()
