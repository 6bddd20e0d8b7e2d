"""The evidence of M1: SUM and MAX beside SC and the label-matched baselines, over seeds and lucky shares.

    python benchmarks/search.py                        all cells
    python benchmarks/search.py --seeds 0 --shares 0   a part of them

Each cell is one `kedro run` of the search, so that every figure is an MLflow run too; a finished cell is not
run again. Writes benchmarks/search.json and docs/search_tables.md.
"""

import argparse
import json
from typing import Any

import numpy as np
import pandas as pd
from cells import ROOT, newest, run_pipeline

DATA = ROOT / "data" / "search_evidence"
RESULTS = ROOT / "benchmarks" / "search.json"
TABLES = ROOT / "docs" / "search_tables.md"
PARAMETERS = (
    "seed={seed},problems.pocket.lucky_share={share},problems.teaching=224,problems.evaluation=0,"
    "search.samples=16"
)
METHODS = (
    "greedy",
    "sc",
    "max",
    "sum",
    "avg",
    "sum.strong",
    "sum.weak",
    "teacher_exams.sum",
    "worked_examples",
)
DIFFERENCES = ("sum_minus_sc", "max_minus_sc", "sum_minus_teacher_exams.sum", "sum_minus_worked_examples")
CURVE = ("sc", "max", "sum", "teacher_exams.sum", "worked_examples")
COSTS = ("greedy", "sc", "lbt", "teacher_exams", "worked_examples")


def run_cell(seed: int, share: float) -> dict[str, Any]:
    """One search; its metrics and its curve over the number of rationales."""
    parameters = PARAMETERS.format(seed=seed, share=share)
    run_pipeline("lbt_search", parameters, DATA)
    metrics = json.loads(newest(DATA / "08_reporting" / "search_metrics.json").read_text())
    curve = pd.read_parquet(newest(DATA / "08_reporting" / "search_curve.parquet"))
    points = curve[["method", "rationales", "accuracy", "sd"]].round(4).to_dict("records")
    return {"seed": seed, "share": share, "metrics": metrics, "curve": points}


def accuracies(cells: list[dict[str, Any]]) -> str:
    """A row a seed: accuracy of every method, and the means."""
    lines = [f"| seed | TPs | {' | '.join(METHODS)} |", "|---" * (len(METHODS) + 2) + "|"]
    rows = []
    for cell in cells:
        rows.append([cell["metrics"][f"search.{method}.accuracy"] for method in METHODS])
        shares = " | ".join(f"{share:.1%}" for share in rows[-1])
        lines.append(f"| {cell['seed']} | {cell['metrics']['search.problems']:.0f} | {shares} |")
    means = " | ".join(f"{share:.1%}" for share in np.mean(rows, axis=0))
    return "\n".join([*lines, f"| mean of {len(rows)} | | {means} |"])


def differences(cells: list[dict[str, Any]]) -> str:
    """A row a seed: paired differences in points with their 95% intervals, and the smallest."""
    lines = [
        f"| seed | {' | '.join(name.replace('_minus_', ' less ') for name in DIFFERENCES)} |",
        "|---" * (len(DIFFERENCES) + 1) + "|",
    ]
    for cell in cells:
        shown = []
        for name in DIFFERENCES:
            value, low, high = (
                100 * cell["metrics"][f"search.{name}{end}"] for end in ("", "_ci_low", "_ci_high")
            )
            shown.append(f"{value:+.1f} ({low:+.1f} to {high:+.1f})")
        lines.append(f"| {cell['seed']} | {' | '.join(shown)} |")
    smallest = [min(100 * cell["metrics"][f"search.{name}"] for cell in cells) for name in DIFFERENCES]
    return "\n".join([*lines, f"| smallest | {' | '.join(f'{value:+.1f}' for value in smallest)} |"])


def curves(cells: list[dict[str, Any]]) -> str:
    """Mean accuracy over the seeds against the number of rationales, with the mean sd over subsets."""
    table = pd.concat([pd.DataFrame(cell["curve"]) for cell in cells])
    mean = table.groupby(["method", "rationales"])[["accuracy", "sd"]].mean()
    lines = [f"| rationales | {' | '.join(CURVE)} |", "|---" * (len(CURVE) + 1) + "|"]
    for size in sorted(table["rationales"].unique()):
        shown = [
            f"{mean.loc[(method, size), 'accuracy']:.1%} ± {100 * mean.loc[(method, size), 'sd']:.1f}"
            for method in CURVE
        ]
        lines.append(f"| {size} | {' | '.join(shown)} |")
    return "\n".join(lines)


def costs(cells: list[dict[str, Any]]) -> str:
    """Mean generations and generated tokens of each way to an answer, per teaching problem."""
    lines = ["| way | generations per TP | tokens per TP |", "|---|---|---|"]
    for way in COSTS:
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


def write(cells: list[dict[str, Any]]) -> None:
    """Keep the cells, and write the tables."""
    RESULTS.write_text(json.dumps(cells) + "\n")
    parts = []
    for share in sorted({cell["share"] for cell in cells}):
        chosen = sorted((cell for cell in cells if cell["share"] == share), key=lambda cell: cell["seed"])
        parts += [f"## Lucky share {share:g}", "Accuracy", accuracies(chosen), "Differences in points"]
        parts += [differences(chosen), "Accuracy against the number of rationales, ± sd over subsets"]
        parts += [curves(chosen), "Cost", costs(chosen)]
    TABLES.write_text("\n\n".join(parts) + "\n")


def main() -> None:
    """Run what is missing and write the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument("--shares", type=float, nargs="+", default=[0.0, 0.5])
    options = parser.parse_args()
    cells = json.loads(RESULTS.read_text()) if RESULTS.exists() else []
    done = {(cell["seed"], cell["share"]) for cell in cells}
    for share in options.shares:
        for seed in options.seeds:
            if (seed, share) not in done:
                cells.append(run_cell(seed, share))
                write(cells)
    print(TABLES.read_text())


if __name__ == "__main__":
    main()
