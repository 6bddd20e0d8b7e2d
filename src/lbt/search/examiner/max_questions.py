"""The questions that are expected to settle a contest by MAX."""

import math
from collections.abc import Mapping

from lbt.search.examiner.bounds import Answer, Contest
from lbt.search.examiner.chances import chances
from lbt.search.examiner.sum_questions import Wanted

_ROUNDING = 1e-9
_SMALLEST = 0.02

_Chances = Mapping[int, float]
"""The chance of a right answer by the id() of the exam."""


def max_questions(contest: Contest) -> Wanted:
    """Bring one demo of a likely winner to a score that no demo of a rival reaches, where that is cheapest.

    Every answer and every score that demos can have are tried. A rival that would win a tie must stay below
    the score, others may reach it.
    """
    contenders = sorted(contest.contenders(), key=lambda answer: answer.rank)
    estimated: dict[int, float] = {}
    for answer in contenders:
        estimated |= zip(map(id, answer.exams), chances(answer), strict=True)
    planned = max(exam.planned for answer in contenders for exam in answer.exams)
    students = max(len(demo.exams) for answer in contenders for demo in answer.demos)
    cheapest, plan = math.inf, Wanted()
    for level in range(planned * students, -1, -1):
        target = level / planned
        at_most = [_lower(answer, target, False, estimated) for answer in contenders]
        below = [_lower(answer, target, True, estimated) for answer in contenders]
        for place, answer in enumerate(contenders):
            raising, own = _raise(answer, target, estimated)
            others = at_most[:place] + below[place + 1 :]
            cost = raising + sum(lowering for lowering, _ in others)
            if cost < cheapest:
                cheapest, plan = cost, own + [wanted for _, some in others for wanted in some]
    return plan


def _raise(answer: Answer, target: float, estimated: _Chances) -> tuple[float, Wanted]:
    """Expected questions until a demo of the answer is sure to reach the target; what to ask of the best one.

    A demo is tried until its first wrong answer; if it fails, another one like it is taken.
    """
    best: tuple[float, Wanted] = (math.inf, [])
    for demo in answer.demos:
        missing = target - float(demo.low)
        cost, reached, wanted = 0.0, 1.0, Wanted()
        for exam in demo.exams:
            count = min(exam.open, math.ceil(missing * exam.countable - _ROUNDING))
            if count > 0:
                wanted.append((exam, count))
                missing -= count / exam.countable
                chance = max(estimated[id(exam)], _SMALLEST)
                cost += reached * sum(chance**k for k in range(count))
                reached *= chance**count
        if missing < _ROUNDING and cost / reached < best[0]:
            best = cost / reached, wanted
    return best


def _lower(answer: Answer, target: float, strictly: bool, estimated: _Chances) -> tuple[float, Wanted]:
    """Expected questions until no demo of the answer can pass, or strictly: reach, the target; and which."""
    cost, wanted = 0.0, Wanted()
    for demo in answer.demos:
        excess = float(demo.high) - target
        for exam in demo.exams:
            needed = _wrong_answers(excess * exam.countable, strictly)
            count = min(exam.open, needed)
            if count > 0:
                wanted.append((exam, count))
                cost += count / max(1 - estimated[id(exam)], _SMALLEST)
                excess -= count / exam.countable
        if _wrong_answers(excess, strictly):
            return math.inf, []
    return cost, wanted


def _wrong_answers(excess: float, strictly: bool) -> int:
    """The least whole number not under the excess, or strictly: above it; 0 below zero."""
    least = math.floor(excess + _ROUNDING) + 1 if strictly else math.ceil(excess - _ROUNDING)
    return max(0, least)
