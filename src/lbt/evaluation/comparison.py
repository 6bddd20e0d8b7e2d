"""Accuracies of base and tuned teacher, and the paired comparison of the two."""

import pandas as pd

from lbt import tables
from lbt.errors import DataError
from lbt.evaluation.settings import EvaluationSettings
from lbt.evaluation.voting import sampled_metrics
from lbt.grading import COUNTED, Voting
from lbt.seeds import random_stream
from lbt.statistics import compare_paired, mean_share_interval, wilson_interval


def compare_models(
    evaluation_answers: pd.DataFrame, settings: EvaluationSettings, seed: int, voting: Voting
) -> tuple[dict[str, float], pd.DataFrame]:
    """Metrics of the models in the table, and their greedy accuracy by family.

    Only problems are compared whose greedy generation failed for no model: eval.problems counts them,
    eval.failed the others. Keys per model: eval.<model>.accuracy with _ci_low and _ci_high (Wilson), and
    with samples those of `sampled_metrics`. With both models also eval.delta (tuned - base), eval.fixed and
    eval.broken (problems that only one of them got right). For new problems of these families: eval.delta's
    _ci_low and _ci_high (paired bootstrap) and eval.p_value (exact McNemar test). For new families: its
    _family_ci_low and _family_ci_high (t interval over the eval.families that were seen) and
    eval.family_p_value (exact sign-flip test). Of programs also eval.<model>.visible_share and hidden_share:
    the mean shares of tests that they pass, over the problems that have such tests, with t intervals. Raises
    DataError if no problem is left.
    """
    greedy = evaluation_answers[evaluation_answers["decoding"] == "greedy"]
    right = _right_answers(greedy)
    complete = right.dropna()
    if complete.empty:
        raise DataError(
            "No evaluation problem was answered by every model. Give some problems role: evaluation; if all "
            "generations failed, look for their errors above and run again."
        )
    families = greedy.drop_duplicates("problem_id").set_index("problem_id")["family"][complete.index]
    metrics = {
        "eval.problems": float(len(complete)),
        "eval.families": float(families.nunique()),
        "eval.failed": float(len(right) - len(complete)),
    }
    for model in complete.columns:
        metrics |= _accuracy_metrics(str(model), complete[model].astype(bool), settings.confidence)
    if {"base", "tuned"} <= set(complete.columns):
        metrics |= _paired_metrics(complete.astype(bool), families, settings, seed)
    metrics |= sampled_metrics(evaluation_answers[evaluation_answers["decoding"] == "sampled"], voting)
    used = greedy[greedy["problem_id"].isin(complete.index)]
    metrics |= _shares_of_tests(used, settings.confidence)
    return metrics, _accuracy_by_family(used, settings.confidence)


def _right_answers(greedy: pd.DataFrame) -> pd.DataFrame:
    """Problems by models: True, False, or None where the generation failed or is not there."""
    right = greedy["verdict"].eq("correct").astype(object).where(greedy["verdict"].isin(COUNTED), None)
    table = greedy.assign(right=right).pivot(index="problem_id", columns="model", values="right")
    return table.sort_index()


def _accuracy_metrics(model: str, right: pd.Series, confidence: float) -> dict[str, float]:
    low, high = wilson_interval(int(right.sum()), len(right), confidence)
    name = f"eval.{model}.accuracy"
    return {name: float(right.mean()), f"{name}_ci_low": low, f"{name}_ci_high": high}


def _shares_of_tests(greedy: pd.DataFrame, confidence: float) -> dict[str, float]:
    """The shares of visible and hidden tests that each model's programs pass; nothing without programs."""
    metrics: dict[str, float] = {}
    for column in ("visible_share", "hidden_share"):
        shares = greedy.dropna(subset=[column]) if column in greedy else greedy.head(0)
        for model, rows in shares.groupby("model", sort=True):
            passed = rows[column].to_numpy(float)
            low, high = mean_share_interval(passed, confidence)
            name = f"eval.{model}.{column}"
            metrics |= {name: float(passed.mean()), f"{name}_ci_low": low, f"{name}_ci_high": high}
    return metrics


def _paired_metrics(
    right: pd.DataFrame, families: pd.Series, settings: EvaluationSettings, seed: int
) -> dict[str, float]:
    base, tuned = right["base"].to_numpy(bool), right["tuned"].to_numpy(bool)
    rng = random_stream(seed, "eval.delta")
    found = compare_paired(
        base, tuned, families.tolist(), settings.bootstrap_samples, settings.confidence, rng
    )
    return {
        **found.figures("eval.delta", "eval."),
        "eval.fixed": float((tuned & ~base).sum()),
        "eval.broken": float((base & ~tuned).sum()),
    }


def _accuracy_by_family(greedy: pd.DataFrame, confidence: float) -> pd.DataFrame:
    records = []
    for (model, family), rows in greedy.groupby(["model", "family"], sort=True):
        right = int(rows["verdict"].eq("correct").sum())
        low, high = wilson_interval(right, len(rows), confidence)
        records.append((model, family, len(rows), right / len(rows), low, high))
    return tables.make_table(tables.accuracy_by_family, records)
