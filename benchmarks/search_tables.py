"""What a search leaves behind, and tables of several searches over seeds."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from cells import newest

Cell = dict[str, Any]
"""A seed (and whatever else tells cells apart), metrics, and curve."""

_COSTS = ("greedy", "sc", "lbt", "teacher_exams", "worked_examples")


def result_of(data: Path) -> Cell:
    """The newest search's metrics and its curve over the number of rationales."""
    metrics = json.loads(newest(data / "08_reporting" / "search_metrics.json").read_text())
    curve = pd.read_parquet(newest(data / "08_reporting" / "search_curve.parquet"))
    points = curve[["method", "rationales", "accuracy", "sd"]].round(4).to_dict("records")
    return {"metrics": metrics, "curve": points}


def shares(cells: Sequence[Cell], methods: Sequence[str], figure: str) -> str:
    """A row a seed: a share of every method, and the means."""
    lines = [f"| seed | TPs | {' | '.join(methods)} |", "|---" * (len(methods) + 2) + "|"]
    rows = []
    for cell in cells:
        rows.append([cell["metrics"][f"search.{method}.{figure}"] for method in methods])
        lines.append(f"| {cell['seed']} | {cell['metrics']['search.problems']:.0f} | {_row(rows[-1])} |")
    return "\n".join([*lines, f"| mean of {len(rows)} | | {_row(np.mean(rows, axis=0))} |"])


def curves(cells: Sequence[Cell], methods: Sequence[str]) -> str:
    """Mean accuracy over the seeds against the number of rationales, with the mean sd over subsets."""
    table = pd.concat([pd.DataFrame(cell["curve"]) for cell in cells])
    mean = table.groupby(["method", "rationales"])[["accuracy", "sd"]].mean()
    lines = [f"| rationales | {' | '.join(methods)} |", "|---" * (len(methods) + 1) + "|"]
    for size in sorted(table["rationales"].unique()):
        shown = [
            f"{mean.loc[(method, size), 'accuracy']:.1%} ± {100 * mean.loc[(method, size), 'sd']:.1f}"
            for method in methods
        ]
        lines.append(f"| {size} | {' | '.join(shown)} |")
    return "\n".join(lines)


def costs(cells: Sequence[Cell]) -> str:
    """Mean generations and generated tokens of each way to an answer, per teaching problem."""
    lines = ["| way | generations per TP | tokens per TP |", "|---|---|---|"]
    for way in _COSTS:
        generations, tokens = (
            np.mean(
                [
                    cell["metrics"][f"search.cost.{way}.{unit}"] / cell["metrics"]["search.problems"]
                    for cell in cells
                ]
            )
            for unit in ("generations", "tokens")
        )
        lines.append(f"| {way} | {generations:,.1f} | {tokens:,.0f} |")
    return "\n".join(lines)


def _row(values: Sequence[float]) -> str:
    return " | ".join(f"{value:.1%}" for value in values)
