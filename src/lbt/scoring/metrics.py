"""Figures of a run that say what the exams found."""

import numpy as np
import pandas as pd

from lbt.grading import ANSWERED, COUNTED
from lbt.scoring.scores import MEAN
from lbt.scoring.settings import ScoringSettings
from lbt.seeds import random_stream
from lbt.statistics import aucs_within, cluster_t_interval, clustered_auc, mean_share_interval

_DEFAULTS = ScoringSettings()


def score_metrics(
    rationales: pd.DataFrame, lbt_scores: pd.DataFrame, settings: ScoringSettings = _DEFAULTS, seed: int = 0
) -> dict[str, float]:
    """Means over the distinct demos, and how well the LbT score tells right answers from wrong ones.

    Keys: teaching.accuracy (share of right rationales of those counted), exam.lbt_score_mean,
    exam.baseline_mean, exam.gain_mean (over the mean of the students, and per student with ".<student>"
    appended), exam.demos, and scoring.auc_right_wrong with _ci_low and _ci_high (resampling teaching
    problems); scoring.auc_within_problem is the mean over the teaching problems that have right and wrong
    rationales (_problems of them), with a t interval over these. The gain has t intervals over teaching
    problems (_ci_low, _ci_high: for new ones of these families) and over families (_family_ci_low,
    _family_ci_high: for new families). A figure that nothing defines, such as an AUC
    without a wrong rationale, is left out.
    """
    counted = rationales[rationales["verdict"].isin(COUNTED)]
    metrics: dict[str, float] = {}
    if len(counted):
        metrics["teaching.accuracy"] = float(counted["verdict"].eq("correct").mean())
    metrics["exam.demos"] = float(lbt_scores["demo_id"].nunique())
    for student, scores in lbt_scores.groupby("student"):
        suffix = "" if student == MEAN else f".{student}"
        metrics[f"exam.lbt_score_mean{suffix}"] = float(scores["lbt_score"].mean())
        metrics[f"exam.baseline_mean{suffix}"] = float(scores["baseline_score"].mean())
        metrics |= _gain(f"exam.gain_mean{suffix}", scores.dropna(subset=["gain"]), settings.confidence)
    demos = _scored_demos(rationales, lbt_scores)
    demos = demos.assign(positive=demos["verdict"].eq("correct"))
    metrics |= _auc_metrics("scoring.auc_right_wrong", demos, settings, seed)
    metrics |= _auc_within("scoring.auc_within_problem", demos, settings.confidence)
    return {name: value for name, value in metrics.items() if not np.isnan(value)}


def lucky_auc(
    rationales: pd.DataFrame,
    lbt_scores: pd.DataFrame,
    procedures: pd.DataFrame | None,
    settings: ScoringSettings = _DEFAULTS,
    seed: int = 0,
) -> dict[str, float]:
    """How well the LbT score tells truly right rationales from lucky ones, among those with the right answer.

    `procedures` has the columns rationale_id, procedure and right (the procedure is a right one). Returns
    scoring.auc_right_lucky with _ci_low and _ci_high, scoring.right_demos and scoring.lucky_demos; only the
    counts where one of them is 0, and nothing without procedures.
    """
    if procedures is None or procedures.empty:
        return {}
    demos = _scored_demos(rationales, lbt_scores)
    demos = demos[demos["verdict"].eq("correct")].merge(procedures, on="rationale_id")
    demos = demos.assign(positive=demos["right"].astype(bool))
    counts = {
        "scoring.right_demos": float(demos["positive"].sum()),
        "scoring.lucky_demos": float((~demos["positive"]).sum()),
    }
    return counts | _auc_metrics("scoring.auc_right_lucky", demos, settings, seed)


def _gain(name: str, scores: pd.DataFrame, confidence: float) -> dict[str, float]:
    """The mean gain and its two intervals; nothing without a gain."""
    if scores.empty:
        return {}
    gains = scores["gain"].to_numpy(dtype=float)
    figures = {name: float(gains.mean())}
    for clusters, end in (("teaching_problem_id", "_ci"), ("family", "_family_ci")):
        interval = cluster_t_interval(gains, pd.factorize(scores[clusters])[0], confidence)
        if interval is not None:
            figures |= {f"{name}{end}_low": interval[0], f"{name}{end}_high": interval[1]}
    return figures


def _scored_demos(rationales: pd.DataFrame, lbt_scores: pd.DataFrame) -> pd.DataFrame:
    """One row per distinct demo with its verdict and its score over all students."""
    answered = rationales[rationales["verdict"].isin(ANSWERED)].sort_values("rationale_id")
    demos = answered.drop_duplicates("demo_id")[["rationale_id", "demo_id", "problem_id", "verdict"]]
    mean = lbt_scores[lbt_scores["student"] == MEAN]
    return demos.merge(mean[["demo_id", "lbt_score"]], on="demo_id").sort_values("demo_id", ignore_index=True)


def _auc_metrics(name: str, demos: pd.DataFrame, settings: ScoringSettings, seed: int) -> dict[str, float]:
    if demos.empty:
        return {}
    area = clustered_auc(
        demos["lbt_score"].to_numpy(dtype=float),
        demos["positive"].to_numpy(dtype=bool),
        pd.factorize(demos["problem_id"], sort=True)[0],
        settings.bootstrap_samples,
        settings.confidence,
        random_stream(seed, name),
    )
    if area is None:
        return {}
    return {name: area.value, f"{name}_ci_low": area.low, f"{name}_ci_high": area.high}


def _auc_within(name: str, demos: pd.DataFrame, confidence: float) -> dict[str, float]:
    """The mean AUC of the teaching problems that have right and wrong demos, each counting the same."""
    areas = aucs_within(
        demos["lbt_score"].to_numpy(dtype=float),
        demos["positive"].to_numpy(dtype=bool),
        pd.factorize(demos["problem_id"], sort=True)[0],
    )
    if not len(areas):
        return {}
    low, high = mean_share_interval(areas, confidence)
    return {
        name: float(areas.mean()),
        f"{name}_ci_low": low,
        f"{name}_ci_high": high,
        f"{name}_problems": float(len(areas)),
    }
