"""Compare an extracted answer with the gold answer."""

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from lbt.grading.extraction import candidates
from lbt.grading.forms import tidy
from lbt.grading.numbers import read_number

if TYPE_CHECKING:
    from lbt.generation import Completion

Domain = Literal["number", "text", "math"]
Verdict = Literal["correct", "wrong", "no_answer", "truncated", "error"]

ANSWERED: tuple[Verdict, ...] = ("correct", "wrong")
"""Verdicts on completions that gave an answer."""
COUNTED: tuple[Verdict, ...] = ("correct", "wrong", "no_answer", "truncated")
"""Verdicts that count in n: all that the model itself brought about."""

_AROUND_TEXT = " \t\r\n.,;:!?*_`'\"“”‘’$()[]{}"


@dataclass(frozen=True)
class Graded:
    """A verdict, the answer in the form in which answers are compared, and the rule that found it."""

    verdict: Verdict
    answer: str | None
    rule: str | None


def grade(domain: Domain, gold: str, text: str, finish_reason: str = "stop") -> Graded:
    """The verdict on a completion.

    The first rule whose text states an answer of the domain decides; without one the completion is
    "truncated" if it ran out of tokens and "no_answer" otherwise. Nothing is never equal to anything: an
    empty or unreadable gold answer makes every answer wrong (`load_problems` refuses it beforehand). In the
    domain "math" it makes every verdict an "error", and so does an answer that takes too long to compare;
    `grade_many` is the way to grade more than a few there.
    """
    if domain == "math":
        from lbt.grading.many import grade_many

        return grade_many("math", [(gold, text)], finish_reasons=[finish_reason])[0]
    for rule, candidate in candidates(text):
        answer = canonical_answer(domain, candidate)
        if answer is not None:
            right = answer == canonical_answer(domain, gold)
            return Graded("correct" if right else "wrong", answer, rule)
    return Graded("truncated" if finish_reason == "length" else "no_answer", None, None)


def grade_completion(domain: Domain, gold: str, completion: "Completion | None") -> Graded:
    """As `grade`; a generation that failed is an "error", which counts for no one."""
    if completion is None:
        return Graded("error", None, None)
    return grade(domain, gold, completion.text, completion.finish_reason)


def canonical_answer(domain: Domain, text: str) -> str | None:
    """One spelling for all equal answers, e.g. "1210" for "$1,210.00" and "3/4" for "0.75"; None if none.

    In the domain "math" equal answers may have several; `answer_classes` brings those together.
    """
    if domain == "math":
        return tidy(text)
    if domain == "number":
        value = read_number(text)
        return None if value is None else str(value)
    words = " ".join(unicodedata.normalize("NFC", text).casefold().split())
    return words.strip(_AROUND_TEXT) or None
