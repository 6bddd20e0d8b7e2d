"""The evidence of M1 on programs: exams beside the visible tests and the label-matched baselines, over seeds.

    python benchmarks/code_search.py               five seeds
    python benchmarks/code_search.py --seeds 10    a part of them

Each seed is one `kedro run` of the search on the pocket's programs, so every figure is an MLflow run too;
a finished one is not run again. Writes benchmarks/code_search.json and docs/code_tables.md. A difference is
computed within each seed; its interval is a t interval over seeds.
"""

import argparse
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from cells import ROOT, newest, run_pipeline
from scipy import stats

DATA = ROOT / "data" / "code_evidence"
RESULTS = ROOT / "benchmarks" / "code_search.json"
TABLES = ROOT / "docs" / "code_tables.md"
ENVIRONMENT = "pocket_code"
# None of them had a part in any choice about the pocket's programs or its models.
SEEDS = (10, 11, 12, 13, 14)
METHODS = (
    "greedy",
    "random",
    "sc",
    "visible_tests",
    "max",
    "sum",
    "visible_tests.sc",
    "visible_tests.max",
    "visible_tests.sum",
    "teacher_exams.sum",
    "worked_examples",
)
DIFFERENCES = (
    "sum_minus_visible_tests",
    "max_minus_visible_tests",
    "visible_tests.sum_minus_visible_tests",
    "visible_tests.max_minus_visible_tests",
    "visible_tests.sum_minus_visible_tests.sc",
    "sum_minus_sc",
    "sum_minus_teacher_exams.sum",
    "sum_minus_worked_examples",
)
CURVE = ("sc", "visible_tests", "max", "sum", "visible_tests.sum", "worked_examples")
COSTS = ("greedy", "sc", "lbt", "teacher_exams", "worked_examples")

Cell = dict[str, Any]


def run_cell(seed: int) -> Cell:
    """One search; its metrics and its curve over the number of rationales."""
    run_pipeline("lbt_search", f"seed={seed}", DATA, ENVIRONMENT)
    metrics = json.loads(newest(DATA / "08_reporting" / "search_metrics.json").read_text())
    curve = pd.read_parquet(newest(DATA / "08_reporting" / "search_curve.parquet"))
    points = curve[["method", "rationales", "accuracy", "sd"]].round(4).to_dict("records")
    return {"seed": seed, "metrics": metrics, "curve": points}


def shares(cells: list[Cell], figure: str) -> str:
    """A row a seed: a share of every method, and the means."""
    lines = [f"| seed | TPs | {' | '.join(METHODS)} |", "|---" * (len(METHODS) + 2) + "|"]
    rows = []
    for cell in cells:
        rows.append([cell["metrics"].get(f"search.{method}.{figure}", np.nan) for method in METHODS])
        lines.append(f"| {cell['seed']} | {cell['metrics']['search.problems']:.0f} | {_row(rows[-1])} |")
    return "\n".join([*lines, f"| mean of {len(rows)} | | {_row(np.mean(rows, axis=0))} |"])


def differences(cells: list[Cell]) -> str:
    """A row a difference: its mean over the seeds, its 95% t interval over them, and the seeds' range."""
    lines = [
        f"| points | mean | 95% interval over {len(cells)} seeds | smallest to largest | seeds above 0 |",
        "|---|---|---|---|---|",
    ]
    for name in DIFFERENCES:
        found = [cell["metrics"].get(f"search.{name}") for cell in cells]
        if None in found:
            continue
        points = 100 * np.array(found, dtype=float)
        low, high = interval(points)
        lines.append(
            f"| {name.replace('_minus_', ' less ')} | {points.mean():+.1f} | {low:+.1f} to {high:+.1f} | "
            f"{points.min():+.1f} to {points.max():+.1f} | {(points > 0).sum()} of {len(points)} |"
        )
    return "\n".join(lines)


def interval(values: Sequence[float]) -> tuple[float, float]:
    """The t interval of a mean over seeds; without end with one seed."""
    count = len(values)
    if count < 2:
        return float("-inf"), float("inf")
    half = stats.t.ppf(0.975, count - 1) * np.std(values, ddof=1) / np.sqrt(count)
    return float(np.mean(values) - half), float(np.mean(values) + half)


def curves(cells: list[Cell]) -> str:
    """Mean accuracy over the seeds against the number of rationales, with the mean sd over subsets."""
    table = pd.concat([pd.DataFrame(cell["curve"]) for cell in cells])
    mean = table.groupby(["method", "rationales"])[["accuracy", "sd"]].mean()
    shown = [method for method in CURVE if method in set(table["method"])]
    lines = [f"| rationales | {' | '.join(shown)} |", "|---" * (len(shown) + 1) + "|"]
    for size in sorted(table["rationales"].unique()):
        points = [
            f"{mean.loc[(method, size), 'accuracy']:.1%} ± {100 * mean.loc[(method, size), 'sd']:.1f}"
            for method in shown
        ]
        lines.append(f"| {size} | {' | '.join(points)} |")
    return "\n".join(lines)


def costs(cells: list[Cell]) -> str:
    """Mean generations and generated tokens of each way to an answer, per teaching problem."""
    lines = ["| way | generations per TP | tokens per TP |", "|---|---|---|"]
    for way in COSTS:
        of_way = [
            [
                cell["metrics"].get(f"search.cost.{way}.{unit}", np.nan) / cell["metrics"]["search.problems"]
                for unit in ("generations", "tokens")
            ]
            for cell in cells
        ]
        generations, tokens = np.mean(of_way, axis=0)
        if not np.isnan(generations):
            lines.append(f"| {way} | {generations:,.1f} | {tokens:,.0f} |")
    return "\n".join(lines)


def write(cells: list[Cell]) -> None:
    """Keep the cells, and write the tables."""
    cells = sorted(cells, key=lambda cell: int(cell["seed"]))
    RESULTS.write_text(json.dumps(cells) + "\n")
    parts = [
        "# M1 on the pocket's programs, seed by seed",
        "Written by `benchmarks/code_search.py`; what the figures mean stands in [code.md](code.md).",
        "## Accuracy",
        shares(cells, "accuracy"),
        "## Differences",
        differences(cells),
        "## Share of hidden tests that the program passes",
        shares(cells, "hidden_share"),
        "## Accuracy against the number of rationales, ± sd over subsets",
        curves(cells),
        "## Cost",
        costs(cells),
    ]
    TABLES.write_text("\n\n".join(parts) + "\n")


def _row(values: Sequence[float]) -> str:
    return " | ".join("–" if np.isnan(value) else f"{value:.1%}" for value in values)


def main() -> None:
    """Run what is missing and write the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    options = parser.parse_args()
    cells = json.loads(RESULTS.read_text()) if RESULTS.exists() else []
    done = {cell["seed"] for cell in cells}
    for seed in options.seeds:
        if seed not in done:
            cells.append(run_cell(seed))
            write(cells)
    print(TABLES.read_text())


if __name__ == "__main__":
    main()
