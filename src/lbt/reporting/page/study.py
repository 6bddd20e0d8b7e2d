"""The page of a study."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from lbt.reporting.page.rendering import render
from lbt.reporting.page.study_text import FIGURES
from lbt.reporting.study_plots import plot_comparisons, plot_conditions, plot_rounds


@dataclass(frozen=True)
class StudyMaterial:
    """What a study's page is made of: its settings as plain data, and its tables."""

    name: str
    settings: Mapping[str, Any]
    comparisons: pd.DataFrame
    seeds: pd.DataFrame
    cells: pd.DataFrame
    missing: int
    """How many runs are still to come."""


_NUMBERS = {
    "accuracy": "share",
    "less_accuracy": "share",
    "difference": "points",
    "ci_low": "points",
    "ci_high": "points",
    "family_ci_low": "points",
    "family_ci_high": "points",
    "p_value": "p",
    "p_holm": "p",
    "smallest_effect": "bare",
    "seeds": "count",
    "seeds_above": "count",
}


def report_study(material: StudyMaterial) -> str:
    """One HTML file that needs no network."""
    comparisons, seeds, cells = material.comparisons, material.seeds, material.cells
    plots = {}
    if len(comparisons):
        plots["comparisons"] = plot_comparisons(comparisons, seeds)
    if comparisons["comparison"].duplicated().any():
        plots["conditions"] = plot_conditions(comparisons)
    if (cells["round"] > 1).any():
        plots["rounds"] = plot_rounds(cells)
    figures = _compared(comparisons) | _of_seeds(seeds) | _of_arms(cells)
    return render(
        "study.html",
        plots,
        figures,
        material=material,
        conditions=list(dict.fromkeys(comparisons["condition"])),
        rows=comparisons.to_dict("records"),
        seed_rows=_rows_by_seed(seeds),
        arms=_arms(cells),
        kinds=FIGURES,
        shown=[name for name in FIGURES if (cells["figure"] == name).any()],
        runs=_runs(cells),
    )


def _compared(table: pd.DataFrame) -> dict[str, float]:
    return {
        f"{row['condition']}: {row['comparison']}.{name}": float(row[name])
        for row in table.to_dict("records")
        for name in _NUMBERS
        if pd.notna(row[name])
    }


def _of_seeds(table: pd.DataFrame) -> dict[str, float]:
    return {
        f"{row['condition']}: {row['comparison']}, seed {row['seed']}.{name}": float(row[name])
        for row in table.to_dict("records")
        for name in ("difference", "ci_low", "ci_high")
        if pd.notna(row[name])
    }


def _of_arms(cells: pd.DataFrame) -> dict[str, float]:
    known = cells[cells["figure"].isin(list(FIGURES))]
    means = known.groupby(["condition", "arm", "round", "figure"], sort=False)["value"].mean().reset_index()
    return {
        f"{row['condition']}: {row['arm']} round {row['round']}.{row['figure']}": float(row["value"])
        for row in means.to_dict("records")
        if pd.notna(row["value"])
    }


def _rows_by_seed(seeds: pd.DataFrame) -> dict[str, dict[str, list[int]]]:
    """By condition and comparison: the seeds that are there."""
    found: dict[str, dict[str, list[int]]] = {}
    for row in seeds.to_dict("records"):
        found.setdefault(row["condition"], {}).setdefault(row["comparison"], []).append(int(row["seed"]))
    return found


def _arms(cells: pd.DataFrame) -> list[dict[str, Any]]:
    rows: list[Any] = cells[["condition", "arm", "round"]].drop_duplicates().to_dict("records")
    return rows


def _runs(cells: pd.DataFrame) -> list[dict[str, Any]]:
    named = ["condition", "arm", "seed", "round", "run_id", "commit"]
    rows: list[Any] = cells[named].drop_duplicates().astype({"commit": "object"}).to_dict("records")
    return rows
