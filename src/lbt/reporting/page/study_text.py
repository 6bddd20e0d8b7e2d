"""A study's findings as Markdown tables."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from lbt.reporting.page.numbers import written


def describe_study(
    settings: Mapping[str, Any], comparisons: pd.DataFrame, seeds: pd.DataFrame, cells: pd.DataFrame
) -> str:
    """What was compared, over the seeds and seed by seed, and the figures of each arm.

    `settings` are the study's, as plain data.
    """
    parts = [f"# {settings['title']}", settings["question"].strip()]
    for condition, own in cells.groupby("condition", sort=False):
        parts += [
            f"## {condition}",
            _comparisons(comparisons[comparisons["condition"] == condition]),
            _per_seed(seeds[seeds["condition"] == condition]),
            _arms(own),
        ]
    parts.append(_READING.format(confidence=settings["confidence"]))
    return "\n\n".join(part for part in parts if part)


_READING = """\
All intervals are {confidence:.0%} intervals. Over seeds: the mean of the seeds' differences, with a t
interval. p after Holm: over all comparisons of the study that have more than one seed. Smallest effect: the
true difference that this many seeds with this spread find four times in five. Seed by seed: an interval over
problems, which does not include the noise of sampling and training."""


def _interval(low: float, high: float) -> str:
    """Of a difference, in points; a dash where there is none."""
    return "–" if pd.isna(low) else f"[{_points(low)}, {_points(high)}]"


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _comparisons(table: pd.DataFrame) -> str:
    if table.empty:
        return "Nothing can be compared yet: a comparison needs both of its arms with the same seed."
    head = [
        "comparison",
        "seeds",
        "accuracy",
        "less",
        "difference, points",
        "over seeds",
        "over families",
        "seeds above 0",
        "p",
        "p after Holm",
        "smallest effect",
    ]
    rows = [
        [
            row["comparison"],
            str(row["seeds"]),
            written(row["accuracy"], "share"),
            written(row["less_accuracy"], "share"),
            _points(row["difference"]),
            _interval(row["ci_low"], row["ci_high"]),
            _interval(row["family_ci_low"], row["family_ci_high"]),
            f"{row['seeds_above']} of {row['seeds']}",
            _or_dash(row["p_value"], "p"),
            _or_dash(row["p_holm"], "p"),
            _or_dash(row["smallest_effect"], "bare"),
        ]
        for row in table.to_dict("records")
    ]
    return _markdown(head, rows)


def _per_seed(table: pd.DataFrame) -> str:
    seeds = sorted(table["seed"].unique())
    rows = []
    for name, own in table.groupby("comparison", sort=False):
        told = {
            row["seed"]: f"{_points(row['difference'])} {_interval(row['ci_low'], row['ci_high'])}"
            for row in own.to_dict("records")
        }
        rows.append([str(name), *(told.get(seed, "–") for seed in seeds)])
    return _markdown(["seed by seed", *(str(seed) for seed in seeds)], rows) if rows else ""


FIGURES = {
    "eval.base.accuracy": ("base", "share"),
    "eval.tuned.accuracy": ("tuned", "share"),
    "preferences.pairs": ("pairs", "count"),
    "scoring.auc_right_wrong": ("AUC right/wrong", "score"),
    "scoring.auc_right_lucky": ("AUC right/lucky", "score"),
    "explore.luck": ("right by luck", "share"),
    "explore.pass_at_k": ("pass@K", "share"),
    "explore.pass_at_k_s": ("pass@K-4", "share"),
    "explore.distinct_right": ("different right texts", "share"),
    "explore.distinct_answers": ("different answers", "score"),
    "explore.best_of_k": ("best of K", "share"),
    "explore.reward_at_k_s": ("reward@K-4", "share"),
    "explore.tokens": ("tokens", "mean"),
    "reexam.chosen.score": ("score of the chosen", "score"),
    "reexam.chosen.fresh_score": ("on other EPs", "score"),
    "reexam.rejected.score": ("score of the rejected", "score"),
    "reexam.rejected.fresh_score": ("on other EPs too", "score"),
    "exam.consensus_share": ("EPs with consensus", "share"),
    "exam.consensus_right": ("consensus right", "share"),
    "seconds": ("seconds", "count"),
}
"""Figures of a run that a study shows, by name: title and kind (of `page.numbers`)."""


def _arms(cells: pd.DataFrame) -> str:
    """The mean of each arm's figures over its seeds."""
    known = cells[cells["figure"].isin(list(FIGURES))]
    if known.empty:
        return ""
    means = known.groupby(["arm", "round", "figure"], sort=False)["value"].mean().unstack("figure")
    shown = [name for name in FIGURES if name in means and means[name].notna().any()]
    several = known["round"].max() > 1
    rows = [
        [
            f"{row['arm']} round {row['round']}" if several else str(row["arm"]),
            *(_or_dash(row[name], FIGURES[name][1]) for name in shown),
        ]
        for row in means.reset_index().to_dict("records")
    ]
    return _markdown(["mean over seeds", *(FIGURES[name][0] for name in shown)], rows)


def _points(value: float) -> str:
    return written(value, "points")


def _or_dash(value: float, kind: str) -> str:
    return "–" if pd.isna(value) else written(value, kind)
