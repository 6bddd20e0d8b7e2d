"""What a cell's run answered rightly, in one form for every pipeline."""

import pandas as pd

from lbt.columns import make_table
from lbt.grading import COUNTED
from lbt.study_tables import outcomes as schema

TABLES = {"lbt_finetune": "evaluation_answers", "lbt_search": "selections"}
"""The table of a run that its outcomes are read from, by pipeline."""


def read_outcomes(pipeline: str, table: pd.DataFrame) -> pd.DataFrame:
    """One row for each outcome and problem that was answered: outcome, problem_id, family, right (0 to 1).

    Of `lbt_finetune` the greedy answers of base and tuned teacher; of `lbt_search` what each method selected.
    """
    if pipeline == "lbt_search":
        known = table.dropna(subset=["right"])
        rows = zip(known["method"], known["problem_id"], known["family"], known["right"], strict=True)
        return make_table(schema, [(*names, float(right)) for *names, right in rows])
    greedy = table[(table["decoding"] == "greedy") & table["verdict"].isin(COUNTED)]
    right = greedy["verdict"].eq("correct")
    rows = zip(greedy["model"], greedy["problem_id"], greedy["family"], right, strict=True)
    return make_table(schema, [(*names, float(one)) for *names, one in rows])
