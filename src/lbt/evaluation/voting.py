"""What several sampled answers to a problem amount to: majority vote and pass@k."""

from collections import Counter
from collections.abc import Sequence
from math import comb

import pandas as pd

from lbt.grading import COUNTED, Voting


def sampled_metrics(sampled: pd.DataFrame, voting: Voting) -> dict[str, float]:
    """eval.<model>.maj_at_<k>, pass_at_<k> and pass_at_1 over the problems with k counted answers.

    Equal answers vote together, as in the search. k is the number of samples asked for. A problem with a
    failed generation, for any model, is left out of all of them, so that models compare on the same problems
    and the same k.
    """
    if sampled.empty:
        return {}
    k = int(sampled["sample_index"].max()) + 1
    counted = sampled.assign(counted=sampled["verdict"].isin(COUNTED))
    whole = counted.groupby("problem_id")["counted"].agg(["all", "size"])
    complete = whole.index[whole["all"] & (whole["size"] == k * sampled["model"].nunique())]
    metrics: dict[str, float] = {}
    ordered = sampled[sampled["problem_id"].isin(complete)].sort_values(["problem_id", "sample_index"])
    for model, rows in ordered.groupby("model"):
        by_problem = {str(problem): group for problem, group in rows.groupby("problem_id")}
        majority = [
            majority_is_right(voting.keys(problem, group["answer"]), list(group["verdict"]))
            for problem, group in by_problem.items()
        ]
        right = [int(group["verdict"].eq("correct").sum()) for group in by_problem.values()]
        metrics[f"eval.{model}.maj_at_{k}"] = _mean(majority)
        metrics[f"eval.{model}.pass_at_1"] = _mean([pass_at_k(k, c, 1) for c in right])
        metrics[f"eval.{model}.pass_at_{k}"] = _mean([pass_at_k(k, c, k) for c in right])
    return metrics


def majority_is_right(keys: Sequence[str | None], verdicts: Sequence[str]) -> bool:
    """Whether the answer with most votes is right, by the verdict of the first sample that gives it.

    Of equally frequent ones the first seen wins; a sample without a key votes for nothing.
    """
    votes = Counter(key for key in keys if key is not None)
    if not votes:
        return False
    winner = votes.most_common(1)[0][0]
    return verdicts[keys.index(winner)] == "correct"


def pass_at_k(n: int, right: int, k: int) -> float:
    """Unbiased chance that one of k answers drawn from n, of which `right` are right, is right.

    1 - C(n - right, k) / C(n, k), from Chen et al. 2021 (arXiv 2107.03374), exact in integers.
    """
    return 1 - comb(n - right, k) / comb(n, k)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
