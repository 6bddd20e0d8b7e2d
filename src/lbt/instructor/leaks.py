"""Which new questions ask what was asked before."""

import re
from collections.abc import Iterable

from lbt.problems import question_key

_WORD = re.compile(r"\w+|[^\w\s]")


class Seen:
    """Questions, and whether another one is among them."""

    def __init__(self, questions: Iterable[str] = ()) -> None:
        self._keys = {question_key(question) for question in questions}

    def add(self, question: str) -> bool:
        """Remember a question; whether it is new."""
        key = question_key(question)
        new = key not in self._keys
        self._keys.add(key)
        return new

    def __contains__(self, question: str) -> bool:
        return question_key(question) in self._keys


class EvaluationQuestions:
    """The held-out questions, which nobody may learn from.

    A question is one of them if it is the same to `question_key`, or has the same words, numbers and signs in
    another order ("45+23" for "23+45"). Some that ask something else are refused so, which costs an item.
    """

    def __init__(self, questions: Iterable[str]) -> None:
        self._bags = {_bag(question) for question in questions}

    def __contains__(self, question: str) -> bool:
        return _bag(question) in self._bags


def _bag(question: str) -> tuple[str, ...]:
    return tuple(sorted(_WORD.findall(question_key(question))))
