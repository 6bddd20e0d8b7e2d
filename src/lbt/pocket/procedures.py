"""Which procedure a rationale follows: the pocket's ground truth beside the verdicts."""

import pandas as pd

from lbt import tables
from lbt.pocket.problems import SOURCE
from lbt.pocket.world import FAMILIES, Kind
from lbt.pocket.world.family import TERSE_OPENER


def recognise_procedure(family: str, text: str) -> Kind | None:
    """The procedure that a rationale's opener announces; None where family or opener is not the pocket's."""
    if family not in FAMILIES:
        return None
    if text.startswith(TERSE_OPENER):
        return "terse"
    known = FAMILIES[family]
    openers: dict[Kind, str] = {"right": known.right.opener, "misconception": known.misconception.opener}
    if known.second_misconception is not None:
        openers["second_misconception"] = known.second_misconception.opener
    return next((kind for kind, opener in openers.items() if text.startswith(opener)), None)


def label_procedures(problems: pd.DataFrame, rationales: pd.DataFrame) -> pd.DataFrame:
    """Procedures of the rationales of pocket problems.

    Returns:
        One row a recognised rationale: rationale_id, procedure, right (whether the procedure is the right
        one); no row where problems come from another source.
    """
    of_pocket = set(problems.loc[problems["source"] == SOURCE, "problem_id"])
    known = rationales[rationales["problem_id"].isin(of_pocket)]
    rows = [
        (rationale, kind, kind == "right")
        for rationale, family, text in zip(known["rationale_id"], known["family"], known["text"], strict=True)
        if (kind := recognise_procedure(family, text))
    ]
    return tables.make_table(tables.procedures, rows)
