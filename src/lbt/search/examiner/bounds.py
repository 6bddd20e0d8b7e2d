"""What unfinished exams can still come to: exact bounds on the score of every answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from lbt.errors import DataError
from lbt.search.selection import ExamRule, Ties, precedence


@dataclass(slots=True)
class Exam:
    """One demo before one student: the outcomes of its questions so far, which are asked in order."""

    demo: str
    student: str
    planned: int
    asked: int = 0
    right: int = 0
    failed: int = 0

    def record(self, outcome: bool | None) -> None:
        """Count the next question: right, wrong, or None for a generation that failed."""
        self.asked += 1
        self.right += outcome is True
        self.failed += outcome is None

    @property
    def open(self) -> int:
        """Questions not asked yet."""
        return self.planned - self.asked

    @property
    def counted(self) -> int:
        """Answers so far, without failed generations."""
        return self.asked - self.failed

    @property
    def countable(self) -> int:
        """Answers that count if no further generation fails."""
        return self.planned - self.failed

    @property
    def low(self) -> Fraction:
        """The least final share of right answers.

        It is reached if all open questions are answered wrongly: were some to fail instead, the same right
        answers would be shares of fewer. An exam whose generations all fail scores nothing.
        """
        return Fraction(self.right, self.countable) if self.countable else Fraction(0)

    @property
    def high(self) -> Fraction:
        """The largest, reached if all open questions are answered rightly."""
        return Fraction(self.right + self.open, self.countable) if self.countable else Fraction(0)


@dataclass(slots=True)
class Demo:
    """A distinct rationale, how many rationales have its text, and its exam before every student."""

    multiplicity: int
    exams: list[Exam]

    @property
    def low(self) -> Fraction:
        """The least final exam score, the students' shares added up."""
        return sum((exam.low for exam in self.exams), Fraction(0))

    @property
    def high(self) -> Fraction:
        """The largest final exam score."""
        return sum((exam.high for exam in self.exams), Fraction(0))


@dataclass(slots=True)
class Answer:
    """An answer to a teaching problem with its demos; `rank` decides ties, and no two answers share one."""

    name: str
    rank: tuple[int, ...]
    demos: list[Demo]
    low: Fraction = field(default=Fraction(0), init=False)
    high: Fraction = field(default=Fraction(0), init=False)

    def update(self, rule: ExamRule) -> None:
        """Compute the bounds of the rule's score anew."""
        if rule == "max":
            self.low = max(demo.low for demo in self.demos)
            self.high = max(demo.high for demo in self.demos)
        else:
            self.low = sum((demo.multiplicity * demo.low for demo in self.demos), Fraction(0))
            self.high = sum((demo.multiplicity * demo.high for demo in self.demos), Fraction(0))

    @property
    def exams(self) -> list[Exam]:
        """The exams of all its demos."""
        return [exam for demo in self.demos for exam in demo.exams]


class Contest:
    """The answers to one teaching problem and what can still become of them.

    Answers share no exam, so all can reach their bounds at the same time: an answer is sure to be selected if
    and only if its worst end is above every other's best end, the rank deciding where the two are equal.

    Args:
        answers: The answer class of each rationale in sample order; None for none.
        demos: The demo of each: rationales with the same text share one.
        questions: Exam questions planned for each demo and student.
        students: Their names.
        rule: The selection rule.
        ties: How it decides between equal scores.

    Raises:
        DataError: One demo has two answers.
    """

    def __init__(
        self,
        answers: Sequence[str | None],
        demos: Sequence[str],
        questions: int,
        students: Sequence[str],
        rule: ExamRule,
        ties: Ties,
    ) -> None:
        self.rule = rule
        given: dict[str, dict[str, Demo]] = {}
        first: dict[str, int] = {}
        owner: dict[str, str] = {}
        for position, (answer, demo) in enumerate(zip(answers, demos, strict=True)):
            if answer is None:
                continue
            if owner.setdefault(demo, answer) != answer:
                raise DataError(f"The demo {demo} has two answers, {owner[demo]!r} and {answer!r}.")
            first.setdefault(answer, position)
            exams = [Exam(demo, student, questions) for student in students]
            given.setdefault(answer, {}).setdefault(demo, Demo(0, exams)).multiplicity += 1
        self.answers: list[Answer] = []
        for name, own in given.items():
            votes = sum(demo.multiplicity for demo in own.values())
            self.answers.append(Answer(name, precedence(votes, first[name], ties), list(own.values())))
        self.update()

    @property
    def exams(self) -> list[Exam]:
        """All exams of the teaching problem."""
        return [exam for answer in self.answers for exam in answer.exams]

    def update(self) -> None:
        """Take account of what the exams have recorded."""
        for answer in self.answers:
            answer.update(self.rule)

    def winner(self) -> Answer | None:
        """The answer that is selected whatever comes; None while that is open, or without answers."""
        safest = max(self.answers, key=lambda answer: (answer.low, answer.rank), default=None)
        if safest is None:
            return None
        rivals = (answer for answer in self.answers if answer is not safest)
        return safest if all(beats(safest, rival) for rival in rivals) else None

    def contenders(self) -> list[Answer]:
        """The answers that can still be selected; the exams of all others are over."""
        safest = max(self.answers, key=lambda answer: (answer.low, answer.rank))
        return [answer for answer in self.answers if not beats(safest, answer)]


def beats(answer: Answer, rival: Answer) -> bool:
    """Whether the answer at its worst is preferred to the rival at its best."""
    return (answer.low, answer.rank) > (rival.high, rival.rank)
