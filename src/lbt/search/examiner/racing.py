"""The racing examiner: statistical stopping, opt-in, whose selection may differ from the full exams'."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from lbt.search.examiner.bounds import Answer, Contest, Exam
from lbt.search.examiner.chances import average_chance
from lbt.search.examiner.exact import ExactExaminer, Examined
from lbt.search.selection import ExamRule
from lbt.search.settings import SearchSettings
from lbt.seeds import random_stream

_DRAWS = 1000
_DECIMALS = 9


class RacingExaminer(ExactExaminer):
    """As `ExactExaminer`, but stops when another selection by the full exams is improbable.

    The open questions are answered in simulation, 1,000 times: an answer's exams share a chance of right
    answers, drawn from a Beta distribution after its exams so far, and each exam has its own around it. The
    problem is decided when one answer wins in a share of at least 1 - error of them. That error is the
    model's, for one look at one problem, and no bound: measure the agreement (`make bench`).

    Args:
        problems: As for `ExactExaminer`, as are the students.
        students: Their names.
        settings: As there, and `racing_error`, the share of simulations in which another answer may win.
        seed: The run's.
    """

    def __init__(
        self,
        problems: Iterable[Examined],
        students: Sequence[str],
        settings: SearchSettings,
        seed: int,
    ) -> None:
        self._error = settings.racing_error
        self._seed = seed
        super().__init__(problems, students, settings)

    def _decide(self, problem: str, contest: Contest) -> Answer | None:
        certain = contest.winner()
        if certain is not None or not any(exam.asked for exam in contest.exams):
            return certain
        rng = random_stream(self._seed, "racing", problem, str(self._wave))
        ranked = sorted(contest.contenders(), key=lambda answer: answer.rank, reverse=True)
        scores = np.stack([_final_scores(answer, contest.rule, rng) for answer in ranked])
        wins = np.bincount(scores.round(_DECIMALS).argmax(axis=0), minlength=len(ranked)) / _DRAWS
        likeliest = int(wins.argmax())
        return ranked[likeliest] if wins[likeliest] >= 1 - self._error else None


def _final_scores(answer: Answer, rule: ExamRule, rng: np.random.Generator) -> NDArray[np.float64]:
    """What the rule may score the answer in the end; shape (draws,)."""
    average, begun = average_chance(answer)
    weight = 1 + begun
    centre = rng.beta(weight * average, weight * (1 - average), size=_DRAWS).clip(1e-6, 1 - 1e-6)
    demos = [
        sum((_final_share(exam, centre, rng) for exam in demo.exams), np.zeros(_DRAWS))
        for demo in answer.demos
    ]
    if rule == "max":
        return np.max(demos, axis=0)
    weighted = [demo.multiplicity * score for demo, score in zip(answer.demos, demos, strict=True)]
    return np.sum(weighted, axis=0)


def _final_share(exam: Exam, centre: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    if not exam.open:
        return np.full(len(centre), float(exam.low))
    chance = rng.beta(centre + exam.right, 1 - centre + exam.counted - exam.right)
    return (exam.right + rng.binomial(exam.open, chance)) / exam.countable
