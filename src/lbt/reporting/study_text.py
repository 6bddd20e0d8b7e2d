"""A study's findings as Markdown tables."""

from collections.abc import Sequence

import pandas as pd


def describe_study(
    title: str, question: str, comparisons: pd.DataFrame, seeds: pd.DataFrame, cells: pd.DataFrame
) -> str:
    """What was compared, over the seeds and seed by seed, and the figures of each arm."""
    parts = [f"# {title}"]
    parts += [question.strip()] if question.strip() else []
    for condition, rows in comparisons.groupby("condition", sort=False):
        parts += [f"## {condition}", _comparisons(rows)]
        parts.append(_per_seed(seeds[seeds["condition"] == condition]))
        parts.append(_arms(cells[cells["condition"] == condition]))
    parts.append(_READING)
    return "\n\n".join(part for part in parts if part)


_READING = """\
Over seeds: the mean of the seeds' differences, with a t interval over the seeds. p after Holm: over all
comparisons of the study that have more than one seed. Smallest effect: the true difference that so many seeds
of this spread find four times in five. Seed by seed: an interval over problems, which does not hold the noise
of sampling and training."""


def points(value: float) -> str:
    """A difference of shares in points, with its sign."""
    return f"{100 * value:+z.1f}"


def interval(low: float, high: float) -> str:
    """Of a difference, in points; a dash where there is none."""
    return "–" if pd.isna(low) else f"[{points(low)}, {points(high)}]"


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _comparisons(table: pd.DataFrame) -> str:
    head = [
        "comparison",
        "seeds",
        "accuracy",
        "less",
        "difference, points",
        "95% over seeds",
        "95% over families",
        "seeds above 0",
        "p",
        "p after Holm",
        "smallest effect",
    ]
    rows = [
        [
            row["comparison"],
            str(row["seeds"]),
            f"{row['accuracy']:.1%}",
            f"{row['less_accuracy']:.1%}",
            points(row["difference"]),
            interval(row["ci_low"], row["ci_high"]),
            interval(row["family_ci_low"], row["family_ci_high"]),
            f"{row['seeds_above']} of {row['seeds']}",
            _p_value(row["p_value"]),
            _p_value(row["p_holm"]),
            "–" if pd.isna(row["smallest_effect"]) else f"{100 * row['smallest_effect']:.1f}",
        ]
        for row in table.to_dict("records")
    ]
    return markdown(head, rows)


def _per_seed(table: pd.DataFrame) -> str:
    seeds = sorted(table["seed"].unique())
    rows = []
    for name, own in table.groupby("comparison", sort=False):
        told = {
            row["seed"]: f"{points(row['difference'])} {interval(row['ci_low'], row['ci_high'])}"
            for row in own.to_dict("records")
        }
        rows.append([str(name), *(told.get(seed, "–") for seed in seeds)])
    return markdown(["seed by seed", *(str(seed) for seed in seeds)], rows) if rows else ""


FIGURES = {
    "eval.base.accuracy": ("base", "{:.1%}", "share"),
    "eval.tuned.accuracy": ("tuned", "{:.1%}", "share"),
    "preferences.pairs": ("pairs", "{:.0f}", "count"),
    "scoring.auc_right_wrong": ("AUC right/wrong", "{:.3f}", "score"),
    "scoring.auc_right_lucky": ("AUC right/lucky", "{:.3f}", "score"),
    "explore.luck": ("right by luck", "{:.1%}", "share"),
    "explore.pass_at_k": ("pass@K", "{:.1%}", "share"),
    "explore.pass_at_k_s": ("pass@K-4", "{:.1%}", "share"),
    "explore.distinct_right": ("different right texts", "{:.1%}", "share"),
    "explore.distinct_answers": ("different answers", "{:.2f}", "score"),
    "explore.best_of_k": ("best of K", "{:.1%}", "share"),
    "explore.reward_at_k_s": ("reward@K-4", "{:.1%}", "share"),
    "explore.tokens": ("tokens", "{:.1f}", "mean"),
    "reexam.chosen.score": ("score of the chosen", "{:.3f}", "score"),
    "reexam.chosen.fresh_score": ("on other EPs", "{:.3f}", "score"),
    "reexam.rejected.score": ("score of the rejected", "{:.3f}", "score"),
    "reexam.rejected.fresh_score": ("on other EPs too", "{:.3f}", "score"),
    "exam.consensus_share": ("EPs with consensus", "{:.1%}", "share"),
    "exam.consensus_right": ("consensus right", "{:.1%}", "share"),
    "seconds": ("seconds", "{:.0f}", "count"),
}
"""Figures of a run that a study shows, by name: title, format and kind (of `page.numbers`)."""


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
            *("–" if pd.isna(row[name]) else FIGURES[name][1].format(row[name]) for name in shown),
        ]
        for row in means.reset_index().to_dict("records")
    ]
    return markdown(["mean over seeds", *(FIGURES[name][0] for name in shown)], rows)


def _p_value(value: float) -> str:
    return "–" if pd.isna(value) else f"{value:.2g}"
