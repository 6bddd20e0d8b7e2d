"""Scores of sets on a batch, and which of them are kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from lbt.grading import COUNTED
from lbt.refine.examiner import TEACHER, Examiner
from lbt.refine.exemplars import ExemplarSet
from lbt.seeds import derive_seed


@dataclass(frozen=True)
class Scored:
    """A set with its scores on one batch; None where nobody of that kind answered."""

    set: ExemplarSet
    teacher: float | None
    students: float | None
    """Mean over the students."""
    score: float | None
    """What decides: the mean of the two where both score."""


def score_sets(
    examiner: Examiner, sets: Sequence[ExemplarSet], problem_ids: Sequence[str], by: str, part: str
) -> list[Scored]:
    """Every set's shares of right answers to the same questions, by teacher, students or both.

    Failed generations count for no one.
    """
    asked = [TEACHER] if by in ("teacher", "both") else []
    asked += examiner.students if by in ("students", "both") else []
    shares = {who: _shares(examiner.answer(who, sets, problem_ids, part)) for who in asked}
    scored = []
    for one in sets:
        own = {who: share[one.id] for who, share in shares.items() if one.id in share}
        teacher = own.pop(TEACHER, None)
        students = sum(own.values()) / len(own) if own else None
        parts = [part for part in (teacher, students) if part is not None]
        scored.append(Scored(one, teacher, students, sum(parts) / len(parts) if parts else None))
    return scored


def _shares(answers: pd.DataFrame) -> Mapping[str, float]:
    counted = answers[answers["verdict"].isin(COUNTED)]
    shares = counted["verdict"].eq("correct").groupby(counted["set_id"]).mean()
    return {str(name): float(share) for name, share in shares.items()}


def ranked(scored: Sequence[Scored], seed: int, round_number: int, alphabetical: bool) -> list[Scored]:
    """The best first; a set without a score is last. The order of the input does not matter.

    Sets of equal score are ordered by a hash of seed, round and set: at random, and the same in every rerun.
    With `alphabetical`, as in the paper's code, the one comes first whose text is last in the alphabet.
    """

    def tie(one: Scored) -> int:
        return derive_seed(seed, "refine", "tie", str(round_number), one.set.id)

    if alphabetical:
        ordered = sorted(scored, key=lambda one: one.set.spelling, reverse=True)
    else:
        ordered = sorted(scored, key=tie)
    return sorted(ordered, key=lambda one: -1.0 if one.score is None else one.score, reverse=True)
