"""Answers in mathematical notation, equal in value."""

from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import version

from lbt.grading.domains.domain import Domain
from lbt.grading.domains.math.comparison import Pair, compare_many
from lbt.grading.domains.math.forms import tidy
from lbt.grading.domains.math.reading import Reading, read_math
from lbt.grading.domains.number import read_number
from lbt.grading.settings import GradingSettings
from lbt.grading.verdicts import Attempt, Graded, Verdict

_LIBRARIES = ("math-verify", "latex2sympy2_extended", "sympy")


class MathDomain(Domain):
    """Numbers, expressions, sets, intervals, matrices, equations and short texts, in LaTeX or without.

    An empty or unreadable gold answer makes every verdict an "error", and so does an answer that takes too
    long to compare.
    """

    name = "math"
    rules = 3
    """Version of the rules of extraction and comparison; a change of any verdict raises it."""
    slow = True

    def __init__(self, settings: GradingSettings) -> None:
        self.settings = settings

    @property
    def spread(self) -> GradingSettings | None:
        """As `Domain.spread`."""
        return self.settings if self.settings.cluster else None

    def version(self) -> str:
        """Name, version of the rules, extraction and libraries."""
        libraries = [f"{name} {version(name)}" for name in _LIBRARIES]
        return ", ".join([f"{self.name} {self.rules} {self.settings.extraction}", *libraries])

    def grade(self, attempts: Sequence[Attempt]) -> list[Graded]:
        """Answers that need Math-Verify are compared together, in worker processes."""
        texts = {(attempt.text, attempt.cut) for attempt in attempts}
        readings = {(text, cut): read_math(text, cut, self.settings.extraction) for text, cut in texts}
        found = [readings[attempt.text, attempt.cut] for attempt in attempts]
        pairs = [_pair(attempt.gold, reading) for attempt, reading in zip(attempts, found, strict=True)]
        equal = iter(compare_many([pair for pair in pairs if pair is not None], self.settings))
        return [
            _uncompared(attempt, reading) if pair is None else _compared(next(equal), reading)
            for attempt, reading, pair in zip(attempts, found, pairs, strict=True)
        ]

    def canonical(self, answer: str) -> str | None:
        """The tidy form; equal answers may have several."""
        return tidy(answer)

    def answer_class(self, gold: str) -> str | None:
        """The value of a number, the tidy form of anything else."""
        value = read_number(gold)
        return self.canonical(gold) if value is None else str(value)

    def votes(self, answers: Sequence[str | None], gold: str) -> list[str | None]:
        """The class of each answer, numbered in the order in which classes appear.

        Equal answers, as `\\dfrac12` and `0.5`, have one class. Grading is neither symmetric nor transitive,
        so: two answers are equal if each, taken for the gold answer, makes the other right; and answers are
        gone through in the order of their tidy forms, each joining the first class whose first answer it
        equals. So the classes do not depend on the order of the samples. A comparison that fails leaves its
        answers apart.
        """
        texts = [None if answer is None else tidy(answer) for answer in answers]
        left = sorted({text for text in texts if text is not None})
        first_of: dict[str, str] = {}
        while left:
            first, *others = left
            same = {first, *self._equal_to(first, others)}
            first_of |= dict.fromkeys(same, first)
            left = [text for text in others if text not in same]
        numbers: dict[str, str] = {}
        return [
            None if text is None else numbers.setdefault(first_of[text], str(len(numbers))) for text in texts
        ]

    def gold_fault(self, gold: str) -> str | None:
        """What is wrong with a gold answer; None if it can be compared."""
        if tidy(gold) is not None:
            return None
        return f"is {gold[:40]!r}, which is not math that can be compared"

    def _equal_to(self, first: str, others: Sequence[str]) -> list[str]:
        """The answers that equal the first in both directions."""
        forth = compare_many([(first, other) for other in others], self.settings)
        equal = [other for other, result in zip(others, forth, strict=True) if result]
        back = compare_many([(other, first) for other in equal], self.settings)
        return [other for other, result in zip(equal, back, strict=True) if result]


def _pair(gold: str, reading: Reading) -> Pair | None:
    tidy_gold = _tidy_gold(gold)
    return None if tidy_gold is None or reading.answer is None else (tidy_gold, reading.answer)


def _compared(equal: bool | None, reading: Reading) -> Graded:
    verdict: Verdict = "error" if equal is None else "correct" if equal else "wrong"
    return Graded(verdict, reading.answer, reading.rule)


def _uncompared(attempt: Attempt, reading: Reading) -> Graded:
    if reading.unreadable or _tidy_gold(attempt.gold) is None:
        return Graded("error", reading.answer, reading.rule)
    return Graded("truncated" if attempt.cut else "no_answer", None, None)


@lru_cache(maxsize=65536)
def _tidy_gold(gold: str) -> str | None:
    return tidy(gold)
