"""The evidence of docs/instructor.md: what a student learns from its errors, beside baselines, over seeds.

    python benchmarks/instructor.py                five seeds
    python benchmarks/instructor.py --seeds 10     a part of them
    make instructor-evidence ARGS="--parameters problems.pocket.lucky_share=0.5"

Writes benchmarks/instructor.json and docs/instructor_tables.md. A difference is computed within each seed on
the same held-out problems; its interval is a t interval over seeds.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from cells import ROOT, newest
from evidence import Cell, Evidence, differences_table

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


def read(reports: Path) -> dict[str, Any]:
    """The metrics of a run and its rounds."""
    metrics = json.loads(newest(reports / "instructor_metrics.json").read_text())
    rounds = pd.read_parquet(newest(reports / "instructor_rounds.parquet"))
    rows = json.loads(rounds[list(ROUND)].round(4).to_json(orient="records"))
    return {"metrics": metrics, "rounds": rows}


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
    """Each difference over the seeds."""
    return differences_table(
        {
            f"{second} less {first}": [difference(cell, second, first) for cell in cells]
            for second, first in DIFFERENCES
        }
    )


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


def show(cells: Sequence[Cell]) -> list[str]:
    """The tables of cells that differ by seed alone."""
    return [
        "Held-out accuracy after the last iteration",
        accuracies(cells),
        "Differences",
        differences(cells),
        "Iterations, means over the seeds",
        rounds(cells),
    ]


EVIDENCE = Evidence(
    pipeline="instructor",
    results=ROOT / "benchmarks" / "instructor.json",
    page=ROOT / "docs" / "instructor_tables.md",
    title="LE and LEC on the pocket, seed by seed",
    seeds=(10, 11, 12, 13, 14),  # none of them had a part in any choice about this pipeline
    read=read,
    show=show,
)

if __name__ == "__main__":
    EVIDENCE.measure(__doc__)
