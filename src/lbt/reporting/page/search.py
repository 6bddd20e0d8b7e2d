"""The report of a search."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from lbt.reporting.page.counts import (
    KINDS,
    cost_figures,
    exam_figures,
    lesson_figures,
    verdict_figures,
)
from lbt.reporting.page.notes import note
from lbt.reporting.page.numbers import Figures
from lbt.reporting.page.rendering import render
from lbt.reporting.page.warnings import warnings_of_search
from lbt.reporting.plots import plot_lbt_scores
from lbt.reporting.search_plots import method_title, plot_search_accuracy, plot_search_curve


@dataclass(frozen=True)
class SearchMaterial:
    """The tables and figures of a search."""

    facts: Mapping[str, Any]
    """What was run: `RunDescription` of the hooks tells it."""
    rationales: pd.DataFrame
    exam_answers: pd.DataFrame
    lbt_scores: pd.DataFrame
    procedures: pd.DataFrame
    search_curve: pd.DataFrame
    search_by_group: pd.DataFrame
    metrics: Figures
    """The figures of all stages by their MLflow names."""
    usages: Mapping[str, Figures]
    """What each stage generated."""


def report_search(material: SearchMaterial) -> tuple[str, str]:
    """The page, and a short description of the run in Markdown."""
    verdicts = {name: title for name, title, _ in _answers(material)}
    figures = search_figures(material)
    warnings = warnings_of_search(figures, verdicts)
    lead = _lead(material.metrics)
    groups = material.search_by_group
    page = render(
        "search.html",
        {
            "methods": plot_search_accuracy(material.metrics),
            "curve": plot_search_curve(material.search_curve),
            "lessons": plot_lbt_scores(material.rationales, material.lbt_scores, material.procedures),
        },
        figures,
        facts=material.facts,
        lead=lead,
        warnings=warnings,
        verdicts=verdicts,
        methods=dict(_methods(material.metrics)),
        comparisons=dict(_comparisons(material.metrics)),
        groupings={
            str(grouping): sorted(rows["group"].unique()) for grouping, rows in groups.groupby("grouping")
        },
        shown=[name for name in ("greedy", "sc", "max", "sum") if name in set(groups["method"])],
        title_of=method_title,
        kinds={name: title for name, title in KINDS.items() if f"lessons.{name}.count" in figures},
        stages=list(material.usages),
    )
    return page, note(material.facts, lead, warnings, figures)


def search_figures(material: SearchMaterial) -> dict[str, float]:
    """Every number of the page by its name: the metrics of the stages, and what is counted for the page."""
    figures = dict(material.metrics)
    for name, _, answers in _answers(material):
        figures |= verdict_figures(name, answers)
    figures |= exam_figures(material.exam_answers)
    figures |= lesson_figures(material.rationales, material.lbt_scores, material.procedures)
    for row in material.search_by_group.to_dict("records"):
        name = f"{row['grouping']}.{row['group']}"
        figures[f"{name}.problems"] = float(row["n"])
        figures[f"{name}.{row['method']}"] = float(row["accuracy"])
    return figures | cost_figures(material.usages, {})


def _answers(material: SearchMaterial) -> Iterator[tuple[str, str, pd.DataFrame]]:
    yield "rationales", "the teacher's rationales", material.rationales
    for student, answers in material.exam_answers.groupby("student"):
        yield f"exams_{student}", f"exams of student {student}", answers


def _lead(metrics: Figures) -> list[str]:
    if "search.sum_minus_sc" not in metrics:
        return ["{search.problems|count} problems were answered."]
    lead = [
        "The students' exams pick the right answer (SUM) for {search.sum.accuracy|share} of "
        "{search.problems|count} problems, a majority of the same rationales (SC) for "
        "{search.sc.accuracy|share}: {search.sum_minus_sc|points} points, with an interval from "
        "{search.sum_minus_sc_ci_low|points} to {search.sum_minus_sc_ci_high|points} for new problems of "
        "these families."
    ]
    if "search.sum_minus_sc_family_ci_low" in metrics:
        lead.append(
            "For families that this run did not have, the interval is from "
            "{search.sum_minus_sc_family_ci_low|points} to {search.sum_minus_sc_family_ci_high|points}."
        )
    return lead


def _methods(metrics: Figures) -> Iterator[tuple[str, str]]:
    for name in metrics:
        if name.startswith("search.") and name.endswith(".accuracy"):
            method = name.removeprefix("search.").removesuffix(".accuracy")
            yield name, method_title(method)


def _comparisons(metrics: Figures) -> Iterator[tuple[str, str]]:
    """Differences that have a p-value, by their names."""
    for name in metrics:
        if "_minus_" in name and f"{name}_p_value" in metrics:
            ours, _, other = name.removeprefix("search.").partition("_minus_")
            yield name, f"{method_title(ours)} less {method_title(other)}"
