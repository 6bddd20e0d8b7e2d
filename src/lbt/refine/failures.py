"""What was answered wrongly with a set, and which of it is shown to the teacher."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from lbt import tables
from lbt.grading import COUNTED

Failure = Mapping[Any, Any]
"""A row of the table `refine_failures`."""


def find_failures(
    answers: pd.DataFrame, problems: Mapping[str, Mapping[Any, Any]], arm: str, round_number: int
) -> pd.DataFrame:
    """The answers that count and are not right, as the table `refine_failures` without its repeat."""
    wrong = answers[answers["verdict"].isin(COUNTED) & (answers["verdict"] != "correct")]
    rows = [
        {
            "arm": arm,
            "round": round_number,
            "set_id": row["set_id"],
            "student": row["who"],
            "problem_id": row["problem_id"],
            "question": problems[row["problem_id"]]["question"],
            "given": row["answer"],
            "gold": problems[row["problem_id"]]["answer"],
            "repeat": 0,
        }
        for row in wrong.to_dict("records")
    ]
    return tables.make_table(tables.refine_failures, rows)


def pick(failures: Sequence[Failure], count: int, rng: np.random.Generator, pooled: bool) -> list[Failure]:
    """At most `count` failures of one set: the students take turns, and a question is taken once.

    A question that several students failed is taken for the student whose turn comes first. With `pooled`
    it does not matter who failed: all failures lie in one heap, and a question may come twice. What is picked
    does not depend on the order of the rows.
    """
    ordered = sorted(failures, key=lambda row: (row["student"], row["problem_id"]))
    heap = [ordered[place] for place in rng.permutation(len(ordered)).tolist()]
    if pooled:
        return heap[:count]
    names = sorted({row["student"] for row in heap})
    turns = [names[place] for place in rng.permutation(len(names)).tolist()]
    picked: list[Failure] = []
    while heap and len(picked) < count:
        name = turns[0]
        turns = [*turns[1:], name]
        own = next((row for row in heap if row["student"] == name), None)
        if own is None:
            turns.remove(name)
            continue
        picked.append(own)
        heap = [row for row in heap if row["problem_id"] != own["problem_id"]]
    return picked
