"""What a domain has to do."""

from collections.abc import Sequence
from typing import Protocol

from lbt.grading.verdicts import Attempt, Graded


class Domain(Protocol):
    """What an answer is: where a completion states it, and when it equals the gold answer."""

    @property
    def name(self) -> str:
        """The value of the parameter `domain`."""

    @property
    def slow(self) -> bool:
        """Whether finding a verdict takes longer than looking it up."""

    def version(self) -> str:
        """All that a verdict depends on besides the gold answer and the completion: rules and libraries."""

    def grade(self, attempts: Sequence[Attempt]) -> list[Graded]:
        """The verdicts, in the order of the attempts.

        Nothing is never equal to anything: with an empty or unreadable gold answer no answer is correct.
        """

    def canonical(self, answer: str) -> str | None:
        """The form in which answers are compared, None for what is no answer.

        Equal results are equal answers; whether equal answers have one result is the domain's matter.
        """

    def votes(self, answers: Sequence[str | None]) -> list[str | None]:
        """The key for which each answer to one problem votes, one for all equal answers; None for none."""

    def gold_fault(self, gold: str) -> str | None:
        """What is wrong with a gold answer, in words that go on "field 'answer' …"; None if nothing."""
