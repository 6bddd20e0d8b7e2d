"""The report of the main job."""

import re

import pandas as pd
import plotly.graph_objects as go

from lbt.reporting.page.counts import (
    KINDS,
    all_verdicts,
    cost_figures,
    exam_figures,
    family_figures,
    lesson_figures,
    level_figures,
    pair_figures,
    verdict_figures,
)
from lbt.reporting.page.examples import TITLES, example_figures, pair_examples, transcripts
from lbt.reporting.page.material import RunMaterial
from lbt.reporting.page.notes import note
from lbt.reporting.page.numbers import Figures
from lbt.reporting.page.rendering import render
from lbt.reporting.page.warnings import warnings_of
from lbt.reporting.plots import plot_accuracy_by_family, plot_lbt_scores, plot_training_curves

_WAYS = {
    "accuracy": "greedy answer",
    "visible_share": "visible tests passed",
    "hidden_share": "hidden tests passed",
}
_SAMPLED = re.compile(r"(maj|pass)_at_(\d+)")


def report_run(material: RunMaterial) -> tuple[str, str]:
    """The page, and a short description of the run in Markdown."""
    titles = {name: title for name, title, _ in _verdicts(material)}
    figures = run_figures(material)
    warnings = warnings_of(figures, titles, material.training_log)
    lead = _lead(material)
    page = render(
        "run.html",
        _plots(material),
        figures,
        facts=material.facts,
        material=material,
        lead=lead,
        warnings=warnings,
        verdicts=titles,
        ways=_ways(material.metrics),
        families=sorted(material.accuracy_by_family["family"].unique()),
        levels=_levels(figures),
        kinds={name: title for name, title in KINDS.items() if f"lessons.{name}.count" in figures},
        examples=pair_examples(material.pairs),
        transcripts=transcripts(material.problems, material.evaluation_answers, material.seed),
        kinds_of_transcripts=TITLES,
        stages=list(material.usages),
    )
    return page, note(material.facts, lead, warnings, figures)


def run_figures(material: RunMaterial) -> dict[str, float]:
    """Every number of the page by its name: the metrics of the stages, and what is counted for the page."""
    figures = dict(material.metrics)
    for name, _, answers in _verdicts(material):
        figures |= verdict_figures(name, answers)
    figures |= exam_figures(material.exam_answers)
    figures |= lesson_figures(material.rationales, material.lbt_scores, material.procedures)
    figures |= pair_figures(material.pairs)
    figures |= example_figures(material.pairs)
    figures |= family_figures(material.accuracy_by_family)
    figures |= level_figures(material.problems, material.evaluation_answers)
    return figures | cost_figures(material.usages, material.metrics)


def _verdicts(material: RunMaterial) -> list[tuple[str, str, pd.DataFrame]]:
    return list(all_verdicts(material.rationales, material.exam_answers, material.evaluation_answers))


def _lead(material: RunMaterial) -> list[str]:
    """The result in a sentence or two, with the names of its numbers."""
    if not material.trained:
        return [f"The teacher was not trained: {material.outcome['outcome_reason']}."]
    if not material.evaluated:
        return ["The teacher was trained. There were no evaluation problems (problems.evaluation: 0)."]
    lead = [
        "Before training the teacher answered {eval.base.accuracy|share} of {eval.problems|count} new "
        "problems rightly, after it {eval.tuned.accuracy|share}: {eval.delta|points} points, with an "
        "interval from {eval.delta_ci_low|points} to {eval.delta_ci_high|points} for new "
        "problems of these families."
    ]
    if "eval.delta_family_ci_low" in material.metrics:
        lead.append(
            "For families that this run did not have, the interval is from {eval.delta_family_ci_low|points} "
            "to {eval.delta_family_ci_high|points}."
        )
    return lead


def _plots(material: RunMaterial) -> dict[str, go.Figure]:
    plots = {"lessons": plot_lbt_scores(material.rationales, material.lbt_scores, material.procedures)}
    if material.evaluated:
        plots["families"] = plot_accuracy_by_family(material.accuracy_by_family)
    if material.trained:
        plots["training"] = plot_training_curves(material.training_log)
    return plots


def _ways(metrics: Figures) -> dict[str, str]:
    """How the teacher can be asked for an answer, by the last part of the metric's name."""
    ends = (name.removeprefix("eval.base.") for name in metrics if name.startswith("eval.base."))
    ways: dict[str, str] = {}
    for end in ends:
        sampled = _SAMPLED.fullmatch(end)
        if end in _WAYS:
            ways[end] = _WAYS[end]
        elif sampled and sampled[1] == "maj":
            ways[end] = f"majority of {sampled[2]} sampled answers"
        elif sampled:
            ways[end] = "one sampled answer" if sampled[2] == "1" else f"any of {sampled[2]} sampled answers"
    return ways


def _levels(figures: Figures) -> list[str]:
    return [
        name.split(".")[1] for name in figures if name.startswith("level.") and name.endswith(".problems")
    ]
