"""Answers as votes: which answers are one answer."""

from collections.abc import Sequence

from lbt.grading.many import compare_many
from lbt.grading.pool import LIMIT_S
from lbt.grading.verdicts import Domain, canonical_answer


def answer_classes(
    domain: Domain,
    answers: Sequence[str | None],
    *,
    workers: int | None = None,
    limit_s: float = LIMIT_S,
) -> list[int | None]:
    """The class of each answer to one problem, numbered in the order in which classes appear.

    Equal answers, as `\\dfrac12` and `0.5`, have one class; None and what states no answer has none and
    votes for nothing. Grading is neither symmetric nor transitive, so: two answers are equal if each, taken
    for the gold answer, makes the other right; and answers are gone through in the order of their canonical
    texts, each joining the first class whose first answer it equals. So the classes do not depend on the
    order of the samples. A comparison that fails leaves its answers apart.
    """
    texts = [None if answer is None else canonical_answer(domain, answer) for answer in answers]
    left = sorted({text for text in texts if text is not None})
    first_of: dict[str, str] = {}
    while left:
        first, *others = left
        same = {first, *_equal_to(first, others, workers, limit_s)} if domain == "math" else {first}
        first_of |= dict.fromkeys(same, first)
        left = [text for text in others if text not in same]
    numbers: dict[str, int] = {}
    return [None if text is None else numbers.setdefault(first_of[text], len(numbers)) for text in texts]


def _equal_to(first: str, others: Sequence[str], workers: int | None, limit_s: float) -> list[str]:
    """The answers that equal the first in both directions."""
    forth = compare_many([(first, other) for other in others], workers, limit_s)
    equal = [other for other, result in zip(others, forth, strict=True) if result]
    back = compare_many([(other, first) for other in equal], workers, limit_s)
    return [other for other, result in zip(equal, back, strict=True) if result]
