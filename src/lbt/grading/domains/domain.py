"""What a domain has to do."""

from collections.abc import Sequence
from typing import Protocol

from lbt.grading.settings import GradingSettings
from lbt.grading.verdicts import Attempt, Graded


class Domain(Protocol):
    """What an answer is: where a completion states it, and when it equals the gold answer.

    What most domains do is done here; they derive from this.
    """

    @property
    def name(self) -> str:
        """The value of the parameter `domain`."""

    @property
    def slow(self) -> bool:
        """Whether finding a verdict takes longer than looking it up."""

    @property
    def details(self) -> tuple[str, ...]:
        """The columns that answers of this domain have beside those of all answers; `lbt.tables` has them."""
        return ()

    def version(self) -> str:
        """All that a verdict depends on besides the gold answer and the completion: rules and libraries."""

    def prepare(self) -> None:
        """Raise LbtError if answers cannot be graded here; for a run to call before anything is generated."""
        return

    @property
    def spread(self) -> GradingSettings | None:
        """The settings to grade by on a cluster, if that is wanted and the domain can."""
        return None

    def grade(self, attempts: Sequence[Attempt]) -> list[Graded]:
        """The verdicts, in the order of the attempts.

        Nothing is never equal to anything: with an empty or unreadable gold answer no answer is correct.
        """

    def reduced(self, attempt: Attempt) -> Attempt:
        """The attempt without what has no influence on its verdict: equal ones are judged, and kept, as one.

        Where the answer was found, its `rule` says by which rule, and its text is the answer alone.
        """
        return attempt

    def exam_gold(self, gold: str) -> str:
        """What an exam holds an answer against, given all that is known of the right one."""
        return gold

    def canonical(self, answer: str) -> str | None:
        """The form in which answers are compared, None for what is no answer.

        Equal results are equal answers; whether equal answers have one result is the domain's matter.
        """

    def answer_class(self, gold: str) -> str | None:
        """Equal for gold answers of different problems that are one answer; found without comparing pairs.

        None where it says nothing that two problems have one answer.
        """
        return self.canonical(gold)

    def votes(self, answers: Sequence[str | None], gold: str) -> list[str | None]:
        """The key for which each answer to one problem votes, one for all equal answers; None for none.

        `gold` is the problem's gold answer. What a right answer is must not influence the votes.
        """

    def gold_fault(self, gold: str) -> str | None:
        """What is wrong with a gold answer, in words that go on "field 'answer' …"; None if nothing."""
