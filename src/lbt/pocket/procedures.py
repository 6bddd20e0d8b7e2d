"""Which procedure a rationale follows: the pocket's ground truth beside the verdicts."""

import pandas as pd

from lbt import tables
from lbt.pocket.problems import SOURCES


def label_procedures(problems: pd.DataFrame, rationales: pd.DataFrame) -> pd.DataFrame:
    """Procedures of the rationales of pocket problems.

    Returns:
        One row a recognised rationale: rationale_id, procedure, right (whether the procedure is the right
        one); no row where problems come from another source.
    """
    known = problems[problems["source"].isin(SOURCES)]
    sources = dict(zip(known["problem_id"], known["source"], strict=True))
    rows = [
        (rationale, kind, kind == "right")
        for rationale, problem, family, text in rationales[
            ["rationale_id", "problem_id", "family", "text"]
        ].itertuples(index=False)
        if problem in sources and (kind := SOURCES[sources[problem]].recognise(family, text))
    ]
    return tables.make_table(tables.procedures, rows)
