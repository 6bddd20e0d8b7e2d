"""M1's rules: which of a teaching problem's answers its rationales' exams speak for.

All is computed in whole numbers and fractions, so that answers tie exactly when their scores are equal.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Rule = Literal["sc", "max", "sum", "avg"]
"""sc: most votes; max, sum, avg: largest, added up or mean exam score of the answer's rationales."""

ExamRule = Literal["max", "sum"]
"""The rules that need exams and that can be decided before all exams are over."""

Ties = Literal["count", "first", "reference"]
"""Among answers of equal score: count: most votes, then first seen; first: first seen, as in the paper's
Algorithm A1; reference: most votes, then the one first seen latest, as in the paper's code."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a rule sees of one answer."""

    answer: str
    score: Fraction
    """The rule's score; larger is better."""
    count: int
    """Rationales that give the answer: its votes."""
    first: int
    """Position of the first of them among the teaching problem's rationales."""


def exam_score(marks: Iterable[tuple[int, int]]) -> Fraction | None:
    """One rationale's score: its students' shares of right answers, added up.

    Args:
        marks: For each student the right and the counted answers. Failed generations are in neither.

    Returns:
        From 0 to the number of students; a student without a counted answer adds nothing. None if none has
        one.
    """
    shares = [Fraction(right, counted) for right, counted in marks if counted]
    return sum(shares, Fraction(0)) if shares else None


def standings(answers: Sequence[str | None], scores: Sequence[Fraction | None], rule: Rule) -> list[Standing]:
    """Every answer's standing, in the order in which the answers are first seen.

    Args:
        answers: The answer class of each rationale, in sample order; None votes for nothing.
        scores: The exam score of each; not read by sc. A rationale without one (None) keeps its vote: it adds
            nothing to sum, is the least for max, and does not enter the mean of avg.
        rule: What the score of an answer is.
    """
    given: dict[str, list[Fraction | None]] = {}
    seen: dict[str, int] = {}
    for position, (answer, score) in enumerate(zip(answers, scores, strict=True)):
        if answer is not None:
            given.setdefault(answer, []).append(score)
            seen.setdefault(answer, position)
    return [Standing(name, _score(given[name], rule), len(given[name]), seen[name]) for name in given]


def select(
    answers: Sequence[str | None],
    scores: Sequence[Fraction | None],
    rule: Rule,
    ties: Ties = "count",
) -> str | None:
    """The answer that the rule selects; None if no rationale gives one. Arguments as for `standings`."""
    leading = leader(standings(answers, scores, rule), ties)
    return None if leading is None else leading.answer


def leader(found: Iterable[Standing], ties: Ties) -> Standing | None:
    """The standing of the answer that is selected; None without an answer."""
    return max(found, key=lambda one: (one.score, *precedence(one.count, one.first, ties)), default=None)


def precedence(count: int, first: int, ties: Ties) -> tuple[int, ...]:
    """What decides between answers of equal score: the larger wins, and no two answers have the same."""
    if ties == "first":
        return (-first,)
    return (count, -first if ties == "count" else first)


def _score(scores: Sequence[Fraction | None], rule: Rule) -> Fraction:
    if rule == "sc":
        return Fraction(len(scores))
    examined = [score for score in scores if score is not None]
    if not examined:
        return Fraction(0)
    if rule == "max":
        return max(examined)
    total = sum(examined, Fraction(0))
    return total if rule == "sum" else total / len(examined)
