"""How much of what would settle a contest is asked in one wave."""

import math

from lbt.search.examiner.bounds import Contest
from lbt.search.examiner.max_questions import max_questions
from lbt.search.examiner.sum_questions import Wanted, sum_questions

_FIRST_SHARE = 0.25
_WHOLE_EXAMS = 5


def next_questions(contest: Contest, wave: int, waves: int) -> Wanted:
    """What to ask of an open contest (`contest.winner()` is None) in wave number `wave`, from 0.

    The first wave asks a quarter of the questions that are expected to settle the contest, the most telling
    first, and each later one a sixteenth more, since the answers show which questions were worth asking. The
    last five of all `waves` ask the exams in question whole, the very last one all that still matters, which
    leaves nothing open.

    What is asked decides only the cost; the examiner stops when the bounds say so.
    """
    still_open = [exam for answer in contest.contenders() for exam in answer.exams if exam.open]
    if wave >= waves - 1:
        return [(exam, exam.open) for exam in still_open]
    plan = max_questions(contest) if contest.rule == "max" else sum_questions(contest)
    if not plan:
        # The estimates see a tie where the rank of the answers says otherwise.
        return [(still_open[0], 1)]
    if wave >= waves - _WHOLE_EXAMS:
        return [(exam, exam.open) for exam, _ in plan]
    share = min(1.0, _FIRST_SHARE * (1 + wave / 4))
    return _first(plan, math.ceil(share * sum(count for _, count in plan)))


def _first(plan: Wanted, questions: int) -> Wanted:
    wanted: Wanted = []
    for exam, count in plan:
        if questions <= 0:
            break
        wanted.append((exam, min(count, questions)))
        questions -= count
    return wanted
