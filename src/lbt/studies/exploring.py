"""How varied a teacher's rationales are, and how well their scores choose among them: what rounds wear out.

The measures of B-STaR (Zeng et al. 2412.17256, section 2.2), on the teaching problems of a run, with the
rationales that were sampled of each as its K and the LbT score as its reward.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lbt.grading import COUNTED

TOP = 4
"""Their S: how many rationales of a problem count in Pass@K-S and Reward@K-S."""


def explore(rationales: pd.DataFrame, scores: pd.Series) -> dict[str, float]:
    """Figures by name; `scores` has a rationale's reward by its demo_id, and those without one come last.

    Exploration: `pass_at_k` (a right rationale among all K), `pass_at_k_s` (at least S different right ones),
    `distinct_right` (different texts among the right ones, their Distinct Equations), `distinct_answers` of a
    problem. Exploitation: `best_of_k` (the best-scored rationale is right), `reward_at_k_s` (the S
    best-scored are all right). Shares are over the problems, which count alike. Beside them the `accuracy`
    of a rationale and the mean number of `tokens`.
    """
    counted = rationales[rationales["verdict"].isin(COUNTED)]
    if counted.empty:
        return {}
    table = counted.assign(
        right=counted["verdict"].eq("correct"),
        reward=counted["demo_id"].map(scores).astype(float),
        words=counted["text"].str.strip(),
    )
    rows = [_of_problem(problem) for _, problem in table.groupby("problem_id", sort=True)]
    figures = {name: _mean([row[name] for row in rows]) for name in rows[0]}
    return figures | {"tokens": float(table["tokens"].mean())}


def luck(rationales: pd.DataFrame, procedures: pd.DataFrame) -> dict[str, float]:
    """`luck`: of the rationales by another than the right procedure, the share whose answer is right.

    Of yes-or-no questions it is about a half; nothing where the procedures are not known.
    """
    wrong_ones = set(procedures.loc[~procedures["right"].astype(bool), "rationale_id"])
    answered = rationales[rationales["verdict"].isin(COUNTED) & rationales["rationale_id"].isin(wrong_ones)]
    return {"luck": float(answered["verdict"].eq("correct").mean())} if len(answered) else {}


def _of_problem(problem: pd.DataFrame) -> dict[str, float]:
    right = problem[problem["right"]]
    different = right["words"].nunique()
    best = problem.sort_values(["reward", "sample_index"], ascending=[False, True])["right"]
    return {
        "accuracy": float(problem["right"].mean()),
        "pass_at_k": float(different >= 1),
        "pass_at_k_s": float(different >= TOP),
        "distinct_right": different / len(right) if len(right) else float("nan"),
        "distinct_answers": float(problem["answer"].nunique()),
        "best_of_k": float(best.iloc[0]),
        "reward_at_k_s": float(best.iloc[:TOP].all()) if len(best) >= TOP else float("nan"),
    }


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")
