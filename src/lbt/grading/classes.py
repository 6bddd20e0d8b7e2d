"""Answers as votes: which answers are one answer."""

import re
from collections.abc import Sequence

from lbt.grading.many import compare_many
from lbt.grading.pool import LIMIT_S
from lbt.grading.verdicts import Domain, canonical_answer

_SUBSTITUTIONS = (
    ("an ", ""),
    ("a ", ""),
    (".$", "$"),
    ("\\$", ""),
    ("\\ ", ""),
    (" ", ""),
    ("mbox", "text"),
    (",\\text{and}", ","),
    ("\\text{and}", ","),
    ("\\text{m}", "\\text{}"),
)
_REMOVED = (
    "square", "ways", "integers", "dollars", "mph", "inches", "ft", "hours", "km", "units", "\\ldots",
    "sue", "points", "feet", "minutes", "digits", "cents", "degrees", "cm", "gm", "pounds", "meters",
    "meals", "edges", "students", "childrentickets", "multiples", "\\text{s}", "\\text{.}", "\\text{}^2",
    "\\text{}^3", "\\text{}", "\\mathrm{th}", "^\\circ", "^{\\circ}", "\\;", ",\\!", "{,}", "\"", "\\dots",
)  # fmt: skip
_UNWRAPPED = tuple(
    re.compile(pattern)
    for pattern in (r"\\text\{(.*?)\}", r"\\textbf\{(.*?)\}", r"\\overline\{(.*?)\}", r"\\boxed\{(.*)\}")
)


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


def paper_key(answer: str) -> str:
    """The text by which the paper's code counts votes.

    Its `_normalize_final_answer` follows Minerva's (Lewkowycz et al. 2022, arXiv 2206.14858, appendix D),
    but keeps what stands before "=" and all of the line: spaces, units and `$` go, short fractions and roots
    get braces, digit groups lose their commas. It is finer than equality: `\\dfrac{1}{2}`, `\\frac{1}{2}`,
    `0.5` and `1/2` are four keys, `x=5` and `5` are two.
    """
    for before, after in _SUBSTITUTIONS:
        answer = answer.replace(before, after)
    for expression in _REMOVED:
        answer = answer.replace(expression, "")
    for wrapped in _UNWRAPPED:
        answer = wrapped.sub(r"\1", answer)
    answer = re.sub(r"(frac)([^{])(.)", r"frac{\2}{\3}", answer)
    answer = re.sub(r"(sqrt)([^{])", r"sqrt{\2}", answer)
    answer = answer.replace("$", "")
    return answer.replace(",", "") if answer.replace(",", "").isdigit() else answer


def _equal_to(first: str, others: Sequence[str], workers: int | None, limit_s: float) -> list[str]:
    """The answers that equal the first in both directions."""
    forth = compare_many([(first, other) for other in others], workers, limit_s)
    equal = [other for other, result in zip(others, forth, strict=True) if result]
    back = compare_many([(other, first) for other in equal], workers, limit_s)
    return [other for other, result in zip(equal, back, strict=True) if result]
