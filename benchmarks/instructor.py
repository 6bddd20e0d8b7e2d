"""The evidence of docs/instructor.md: what a student learns from its errors, beside baselines, over seeds.

    python benchmarks/instructor.py                five seeds
    python benchmarks/instructor.py --seeds 10     a part of them
    make instructor-evidence ARGS="--parameters instructor.verify=answer --name answer"

Each seed is one `kedro run` of the pipeline instructor with all arms, so every figure is an MLflow run too;
a finished one is not run again. Writes benchmarks/instructor.json and docs/instructor_tables.md. A difference
is computed within each seed on the same held-out problems; its interval is a t interval over seeds.
"""

import argparse
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from cells import ROOT, newest, run_pipeline
from scipy import stats

DATA = ROOT / "data" / "instructor_evidence"
RESULTS = ROOT / "benchmarks" / "instructor.json"
TABLES = ROOT / "docs" / "instructor_tables.md"
# None of them had a part in any choice about this pipeline.
SEEDS = (10, 11, 12, 13, 14)
ARMS = ("original", "blind", "le", "lec")
DIFFERENCES = (
    ("le", "original"),
    ("le", "blind"),
    ("lec", "original"),
    ("lec", "blind"),
    ("lec", "le"),
    ("blind", "original"),
)
ROUND = (
    "arm",
    "iteration",
    "accuracy",
    "repaired",
    "forgotten",
    "errors",
    "written",
    "items",
    "verified",
    "right",
)
Cell = dict[str, Any]


def run_cell(seed: int, name: str, parameters: str) -> Cell:
    """One run with all arms: its metrics and its rounds."""
    run_pipeline("instructor", ",".join(part for part in (f"seed={seed}", parameters) if part), DATA)
    metrics = json.loads(newest(DATA / "08_reporting" / "instructor_metrics.json").read_text())
    rounds = pd.read_parquet(newest(DATA / "08_reporting" / "instructor_rounds.parquet"))
    rows = json.loads(rounds[list(ROUND)].round(4).to_json(orient="records"))
    return {"seed": seed, "name": name, "parameters": parameters, "metrics": metrics, "rounds": rows}


def accuracies(cells: Sequence[Cell]) -> str:
    """A row a seed: accuracy before, and after the last iteration of every arm; then the means."""
    names = ("base", *ARMS)
    lines = [f"| seed | problems | {' | '.join(names)} |", "|---" * (len(names) + 2) + "|"]
    rows = []
    for cell in cells:
        rows.append([cell["metrics"][f"instructor.{name}.accuracy"] for name in names])
        shown = " | ".join(f"{share:.1%}" for share in rows[-1])
        lines.append(f"| {cell['seed']} | {cell['metrics']['instructor.problems']:.0f} | {shown} |")
    mean = " | ".join(f"{share:.1%}" for share in np.mean(rows, axis=0))
    return "\n".join([*lines, f"| mean of {len(rows)} | | {mean} |"])


def differences(cells: Sequence[Cell]) -> str:
    """A row a difference: its mean over the seeds, its 95% t interval over them, and the seeds' range."""
    lines = [
        f"| points | mean | 95% interval over {len(cells)} seeds | smallest to largest | seeds above 0 |",
        "|---|---|---|---|---|",
    ]
    for second, first in DIFFERENCES:
        points = 100 * np.array([difference(cell, second, first) for cell in cells])
        interval = "–"
        if len(points) > 1:
            low, high = stats.ttest_1samp(points, 0).confidence_interval(0.95)
            interval = f"{low:+.1f} to {high:+.1f}"
        lines.append(
            f"| {second} less {first} | {points.mean():+.1f} | {interval} | "
            f"{points.min():+.1f} to {points.max():+.1f} | {(points > 0).sum()} of {len(points)} |"
        )
    return "\n".join(lines)


def difference(cell: Cell, second: str, first: str) -> float:
    """Accuracy after the last iteration, less that of the other arm."""
    metrics = cell["metrics"]
    return float(metrics[f"instructor.{second}.accuracy"] - metrics[f"instructor.{first}.accuracy"])


def rounds(cells: Sequence[Cell]) -> str:
    """A row an arm and iteration: means over the seeds."""
    table = pd.DataFrame([row for cell in cells for row in cell["rounds"]])
    means = table.groupby(["arm", "iteration"], sort=False).mean(numeric_only=True)
    lines = [
        "| arm | iteration | accuracy | repaired | forgotten | errors | items made | items learned "
        "| verified | right |",
        "|---" * 10 + "|",
    ]
    for (arm, iteration), row in means.iterrows():
        shares = ["–" if pd.isna(row[key]) else f"{row[key]:.0%}" for key in ("verified", "right")]
        counts = ["–" if pd.isna(row[key]) else f"{row[key]:.0f}" for key in ROUND[3:8]]
        lines.append(f"| {arm} | {iteration} | {row['accuracy']:.1%} | {' | '.join([*counts, *shares])} |")
    return "\n".join(lines)


def write(cells: list[Cell]) -> None:
    """Keep the cells, and write the tables."""
    cells.sort(key=lambda cell: (str(cell["name"]), int(cell["seed"])))
    RESULTS.write_text(json.dumps(cells) + "\n")
    parts = [
        "# LE and LEC on the pocket, seed by seed",
        "Written by `benchmarks/instructor.py`; what the figures mean: [instructor.md](instructor.md).",
    ]
    for name in dict.fromkeys(cell["name"] for cell in cells):
        own = [cell for cell in cells if cell["name"] == name]
        told = f": `{own[0]['parameters']}`" if own[0]["parameters"] else ""
        parts += [
            f"## {name.capitalize()}{told}",
            "Held-out accuracy after the last iteration",
            accuracies(own),
        ]
        parts += ["Differences", differences(own), "Iterations, means over the seeds", rounds(own)]
    TABLES.write_text("\n\n".join(parts) + "\n")


def main() -> None:
    """Run what is missing and write the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--name", default="default", help="what these runs are called")
    parser.add_argument("--parameters", default="", help="what differs from conf/base")
    options = parser.parse_args()
    cells = json.loads(RESULTS.read_text()) if RESULTS.exists() else []
    done = {(cell["name"], cell["seed"]) for cell in cells}
    for seed in options.seeds:
        if (options.name, seed) not in done:
            cells.append(run_cell(seed, options.name, options.parameters))
            write(cells)
    print(TABLES.read_text())


if __name__ == "__main__":
    main()
