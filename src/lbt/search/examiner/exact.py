"""Exams in waves that end as soon as they can no longer change which answer a selection rule picks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lbt.search.examiner.bounds import Answer, Contest, Exam
from lbt.search.examiner.waves import next_questions
from lbt.search.settings import SearchSettings


class Question(NamedTuple):
    """One exam question for one student."""

    problem_id: str
    """The teaching problem's."""
    demo_id: str
    student: str
    number: int
    """Its place in the exam of this demo and student, from 0, in which order they are asked. The first tell
    most if they are about different exam problems, with the repeats after them."""


@dataclass(frozen=True, slots=True)
class Examined:
    """A teaching problem and what the teacher said about it."""

    problem_id: str
    answers: Sequence[str | None]
    """The answer class of every rationale, in sample order; None votes for nothing."""
    demo_ids: Sequence[str]
    """The demo of each: rationales with the same text share one, and its exam."""
    questions: int
    """Exam answers planned for each demo and student: exam problems times repeats."""


class ExactExaminer:
    """Decides what to ask, without asking: the selection is that of the full exams, in every case.

        while questions := examiner.wave():
            examiner.record(ask(questions))
        examiner.selected()

    A teaching problem's exams end when no outcome of its remaining questions, a failed generation included,
    can change the selected answer (see `Contest`). One whose rationales all agree, or give no answer, costs
    none. A failed generation lowers the n of its exam, as in the full exam; it is not asked again here.

    Args:
        problems: The teaching problems.
        students: Their names; a demo's score adds up the shares of right answers of all.
        settings: `rule`, how ties are decided, and `waves`, the most waves. Each wave is one call of an
            engine; more waves ask fewer questions.

    Raises:
        DataError: One demo has two answers.
        ValueError: Two problems have one id, or no student is named.
    """

    def __init__(
        self,
        problems: Iterable[Examined],
        students: Sequence[str],
        settings: SearchSettings,
    ) -> None:
        if not students:
            raise ValueError("The examiner needs at least one student.")
        self._contests: dict[str, Contest] = {}
        for problem in problems:
            if problem.problem_id in self._contests:
                raise ValueError(f"The teaching problem {problem.problem_id} is listed twice.")
            self._contests[problem.problem_id] = Contest(
                problem.answers,
                problem.demo_ids,
                problem.questions,
                students,
                settings.rule,
                settings.tie_rule,
            )
        self._waves = settings.waves
        self._wave = 0
        self._waiting: dict[Question, Exam] = {}
        self._winners: dict[str, Answer] = {}
        self._open = [name for name, contest in self._contests.items() if contest.answers]
        self._settle()

    def wave(self) -> list[Question]:
        """The questions to ask next, of all teaching problems together; none once everything is decided.

        Raises:
            ValueError: The results of the wave before are not recorded.
        """
        if self._waiting:
            raise ValueError(f"Results of {len(self._waiting)} questions are missing; record them first.")
        for problem in self._open:
            for exam, count in next_questions(self._contests[problem], self._wave, self._waves):
                for number in range(exam.asked, exam.asked + count):
                    self._waiting[Question(problem, exam.demo, exam.student, number)] = exam
        self._wave += bool(self._waiting)
        return list(self._waiting)

    def record(self, results: Mapping[Question, bool | None]) -> None:
        """Take the results of the last wave: right or wrong, None for a generation that failed.

        Raises:
            ValueError: They are not exactly those of the wave's questions; nothing is recorded.
        """
        if results.keys() != self._waiting.keys():
            differing = results.keys() ^ self._waiting.keys()
            raise ValueError(f"{len(differing)} questions are missing or were not asked: {min(differing)}")
        for question, exam in self._waiting.items():
            exam.record(results[question])
        self._waiting = {}
        for problem in self._open:
            self._contests[problem].update()
        self._settle()

    @property
    def done(self) -> bool:
        """Whether every selection is decided."""
        return not self._open

    @property
    def asked(self) -> int:
        """Questions whose results are recorded."""
        return sum(exam.asked for contest in self._contests.values() for exam in contest.exams)

    @property
    def planned(self) -> int:
        """Questions of the full exams of the same demos."""
        return sum(exam.planned for contest in self._contests.values() for exam in contest.exams)

    @property
    def waves_asked(self) -> int:
        """Waves so far."""
        return self._wave

    def selected(self) -> dict[str, str | None]:
        """The selected answer of each teaching problem; None where no rationale gives one.

        Raises:
            ValueError: Some are not decided yet.
        """
        if self._open:
            raise ValueError(f"{len(self._open)} teaching problems are not decided yet; ask the next wave.")
        winners = {problem: answer.name for problem, answer in self._winners.items()}
        return {problem: winners.get(problem) for problem in self._contests}

    def _decide(self, problem: str, contest: Contest) -> Answer | None:
        """The answer to stop for, or None to go on."""
        return contest.winner()

    def _settle(self) -> None:
        still_open = []
        for problem in self._open:
            winner = self._decide(problem, self._contests[problem])
            if winner is None:
                still_open.append(problem)
            else:
                self._winners[problem] = winner
        self._open = still_open
