"""The winner's curse: by how much the scores that chose pairs were too good."""

import numpy as np
import pandas as pd

from lbt.scoring.scores import MEAN
from lbt.statistics import cluster_t_interval
from lbt.teaching import demo_id


def reexam_metrics(pairs: pd.DataFrame, reexam_scores: pd.DataFrame, confidence: float) -> dict[str, float]:
    """Mean LbT scores of chosen and rejected rationales when they were chosen, and on fresh exam problems.

    Keys: reexam.<side>.score (when chosen), reexam.<side>.fresh_score, and reexam.<side>.drop, their
    difference, with a t interval over the teaching problems; reexam.gap and reexam.fresh_gap are those of
    chosen less rejected. Only pairs are counted of which both were examined again; nothing without one.
    """
    mean = reexam_scores[reexam_scores["student"] == MEAN].set_index("demo_id")["lbt_score"]
    table = pd.DataFrame({"problem_id": pairs["problem_id"]})
    for side in ("chosen", "rejected"):
        names = [demo_id(*of) for of in zip(pairs["problem_id"], pairs[side], strict=True)]
        table[side] = pairs[f"{side}_lbt_score"].to_numpy(float)
        table[f"{side}_fresh"] = pd.Series(names, index=pairs.index).map(mean).to_numpy(float)
    table = table.dropna()
    if table.empty:
        return {}
    figures = {"reexam.pairs": float(len(table))}
    clusters = pd.factorize(table["problem_id"])[0]
    for side in ("chosen", "rejected"):
        drop = (table[side] - table[f"{side}_fresh"]).to_numpy(float)
        name = f"reexam.{side}"
        figures[f"{name}.score"] = float(table[side].mean())
        figures[f"{name}.fresh_score"] = float(table[f"{side}_fresh"].mean())
        figures[f"{name}.drop"] = float(np.mean(drop))
        if interval := cluster_t_interval(drop, clusters, confidence):
            figures[f"{name}.drop_ci_low"], figures[f"{name}.drop_ci_high"] = interval
    for gap, score in (("gap", "score"), ("fresh_gap", "fresh_score")):
        figures[f"reexam.{gap}"] = figures[f"reexam.chosen.{score}"] - figures[f"reexam.rejected.{score}"]
    return figures
