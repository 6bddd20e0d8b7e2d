"""The questions that are expected to settle a contest by SUM."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lbt.search.examiner.bounds import Answer, Contest, Exam
from lbt.search.examiner.chances import chances

Wanted = list[tuple[Exam, int]]
"""Exams, and how many of their next questions to ask."""

_ROUNDING = 1e-9


@dataclass(slots=True)
class _Path:
    """An answer's open exams, by how far one question is expected to move its bound, farthest first.

    `questions` and `moved` have one more element than `exams`: what is asked, and how far the bound is
    expected to have moved, before the first exam and after each.
    """

    exams: list[Exam]
    questions: NDArray[np.float64]
    moved: NDArray[np.float64]

    def cost(self, distances: NDArray[np.float64]) -> NDArray[np.float64]:
        """Questions that are expected to move the bound so far; infinite where all would not be enough."""
        cost = np.interp(distances, self.moved, self.questions)
        return np.where(distances > self.moved[-1] + _ROUNDING, np.inf, cost)

    def take(self, questions: float) -> Wanted:
        """The first so many questions, or all."""
        counts = np.minimum(np.ceil(questions - self.questions[:-1]), np.diff(self.questions))
        return [(exam, int(count)) for exam, count in zip(self.exams, counts, strict=True) if count > 0]


def sum_questions(contest: Contest) -> Wanted:
    """Raise the likely winner's worst end, and lower its rivals' best ends, to where they meet most cheaply.

    A right answer to a demo of multiplicity m raises its answer's worst end by m / n, a wrong one lowers the
    best end by as much, so heavy demos come first. Where to meet is found among all points at which an
    expected cost, which is piecewise linear, bends.
    """
    contenders = contest.contenders()
    ups = [_path(answer, upwards=True) for answer in contenders]
    expected = [
        (float(answer.low) + path.moved[-1], answer.rank)
        for answer, path in zip(contenders, ups, strict=True)
    ]
    place = max(range(len(contenders)), key=expected.__getitem__)
    leader, up = contenders[place], ups[place]
    rivals = [answer for answer in contenders if answer is not leader]
    downs = [_path(answer, upwards=False) for answer in rivals]
    low, highs = float(leader.low), [float(answer.high) for answer in rivals]
    ends = [low + up.moved, *(high - down.moved for high, down in zip(highs, downs, strict=True))]
    meeting = np.unique(np.concatenate(ends))
    raising = up.cost(np.maximum(meeting - low, 0))
    lowering = [down.cost(np.maximum(high - meeting, 0)) for high, down in zip(highs, downs, strict=True)]
    best = int(np.argmin(raising + np.sum(lowering, axis=0)))
    plan = up.take(raising[best])
    for down, cost in zip(downs, lowering, strict=True):
        plan += down.take(cost[best])
    return plan


def _path(answer: Answer, upwards: bool) -> _Path:
    weights = [demo.multiplicity / max(exam.countable, 1) for demo in answer.demos for exam in demo.exams]
    steps = [
        (weight * (chance if upwards else 1 - chance), exam)
        for weight, chance, exam in zip(weights, chances(answer), answer.exams, strict=True)
        if exam.open
    ]
    steps.sort(key=lambda step: -step[0])
    questions = np.cumsum([0.0, *(exam.open for _, exam in steps)])
    moved = np.cumsum([0.0, *(step * exam.open for step, exam in steps)])
    return _Path([exam for _, exam in steps], questions, moved)
