"""Exam problems of the teaching problem's own family: its functional variants."""

from collections.abc import Iterator

import pandas as pd

from lbt.errors import DataError
from lbt.exams.settings import ExamSettings
from lbt.problems import question_key
from lbt.seeds import random_stream


def rank_by_family(
    taught: pd.DataFrame, pool: pd.DataFrame, settings: ExamSettings, seed: int
) -> Iterator[tuple[str, list[str]]]:
    """The exam problems of each family in a random order.

    Raises DataError if a family has no other one, unless the consensus of the teacher has left none.
    """
    keyed = pool.assign(key=pool["question"].map(question_key))
    pools = dict(iter(keyed.groupby("family")))
    for problem in taught.to_dict("records"):
        members = pools.get(problem["family"], keyed.head(0))
        other = sorted(members.loc[members["key"] != question_key(problem["question"]), "problem_id"])
        if not other and settings.labels == "gold":
            raise DataError(
                f"The family {problem['family']!r} of teaching problem {problem['problem_id']} "
                f"({problem['source']}) has no other problem with role exam, so nothing could examine it. "
                "Add one to its file."
            )
        rng = random_stream(seed, "exam_problems", problem["problem_id"])
        yield problem["problem_id"], [str(name) for name in rng.permutation(other)]
