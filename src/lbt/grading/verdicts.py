"""What grading says of a completion."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Verdict = Literal["correct", "wrong", "no_answer", "truncated", "error"]

ANSWERED: tuple[Verdict, ...] = ("correct", "wrong")
"""Verdicts on completions that gave an answer."""
COUNTED: tuple[Verdict, ...] = ("correct", "wrong", "no_answer", "truncated")
"""Verdicts that count in n: all that the model itself brought about."""


Details = Mapping[str, float | str | None]
"""Further columns of an answer, by name."""


@dataclass(frozen=True, slots=True)
class Graded:
    """A verdict, the answer in the form in which answers are compared, and the rule that found it."""

    verdict: Verdict
    answer: str | None
    rule: str | None
    details: Details = field(default_factory=dict, hash=False)
    """What else the domain says of the answer: the columns that its `details` name."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A completion to be graded."""

    gold: str
    text: str
    cut: bool = False
    """Whether it ran out of tokens: then an answer counts only if something stands after it."""
    rule: str | None = None
    """The rule that found the answer, if it has been looked for: then `text` is the answer itself."""
