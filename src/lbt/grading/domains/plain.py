"""What domains have in common in which equal answers have one spelling."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import ClassVar

from lbt.grading.domains.domain import Domain
from lbt.grading.domains.marks import Statement
from lbt.grading.settings import GradingSettings
from lbt.grading.verdicts import Attempt, Graded


class PlainDomain(Domain):
    """A domain whose verdicts are found at a glance: correct is what is spelt as the gold answer."""

    name: ClassVar[str]
    rules: ClassVar[int]
    """Version of the rules of extraction and comparison; a change of any verdict raises it."""
    slow: ClassVar[bool] = False

    def __init__(self, settings: GradingSettings) -> None:
        self.settings = settings

    @abstractmethod
    def statements(self, text: str) -> Iterator[Statement]:
        """Where a completion may state its answer, the most explicit place first."""

    @abstractmethod
    def canonical(self, answer: str) -> str | None:
        """One spelling for all equal answers, None for what is no answer."""

    def version(self) -> str:
        """Name, version of the rules and extraction."""
        return f"{self.name} {self.rules} {self.settings.extraction}"

    def grade(self, attempts: Sequence[Attempt]) -> list[Graded]:
        """The first statement that states an answer decides."""
        return [self._grade(attempt) for attempt in attempts]

    def votes(self, answers: Sequence[str | None], gold: str) -> list[str | None]:
        """The answers' spellings."""
        return [None if answer is None else self.canonical(answer) for answer in answers]

    def gold_fault(self, gold: str) -> str | None:
        """What is wrong with a gold answer; None if it can be compared."""
        if self.canonical(gold) is not None:
            return None
        return f"is {gold[:40]!r}, which is not a {self.name} that can be compared"

    def _grade(self, attempt: Attempt) -> Graded:
        for statement in self.statements(attempt.text):
            answer = self.canonical(statement.text)
            if answer is None:
                continue
            if attempt.cut and not statement.closed:
                return Graded("truncated", None, None)
            right = answer == self.canonical(attempt.gold)
            return Graded("correct" if right else "wrong", answer, statement.rule)
        return Graded("truncated" if attempt.cut else "no_answer", None, None)
