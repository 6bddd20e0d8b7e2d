"""The evidence of M1 on programs: exams beside the visible tests and the label-matched baselines, over seeds.

    python benchmarks/code_search.py               five seeds
    python benchmarks/code_search.py --seeds 10    a part of them

Each seed is one `kedro run` of the search on the pocket's programs, so every figure is an MLflow run too;
a finished one is not run again. Writes benchmarks/code_search.json and docs/code_tables.md. A difference is
computed within each seed; its interval is a t interval over seeds.
"""

import argparse
import json

import numpy as np
from cells import ROOT, run_pipeline
from scipy import stats
from search_tables import Cell, costs, curves, result_of, shares

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


def run_cell(seed: int) -> Cell:
    """One search; its metrics and its curve over the number of rationales."""
    run_pipeline("lbt_search", f"seed={seed}", DATA, ENVIRONMENT)
    return {"seed": seed} | result_of(DATA)


def differences(cells: list[Cell]) -> str:
    """A row a difference: its mean over the seeds, its 95% t interval over them, and the seeds' range."""
    lines = [
        f"| points | mean | 95% interval over {len(cells)} seeds | smallest to largest | seeds above 0 |",
        "|---|---|---|---|---|",
    ]
    for name in DIFFERENCES:
        points = 100 * np.array([cell["metrics"][f"search.{name}"] for cell in cells])
        low, high = stats.ttest_1samp(points, 0).confidence_interval(0.95)
        lines.append(
            f"| {name.replace('_minus_', ' less ')} | {points.mean():+.1f} | {low:+.1f} to {high:+.1f} | "
            f"{points.min():+.1f} to {points.max():+.1f} | {(points > 0).sum()} of {len(points)} |"
        )
    return "\n".join(lines)


def write(cells: list[Cell]) -> None:
    """Keep the cells, and write the tables."""
    cells = sorted(cells, key=lambda cell: int(cell["seed"]))
    RESULTS.write_text(json.dumps(cells) + "\n")
    parts = [
        "# M1 on the pocket's programs, seed by seed",
        "Written by `benchmarks/code_search.py`; what the figures mean stands in [code.md](code.md).",
        "## Accuracy",
        shares(cells, METHODS, "accuracy"),
        "## Differences",
        differences(cells),
        "## Share of hidden tests that the program passes",
        shares(cells, METHODS, "hidden_share"),
        "## Accuracy against the number of rationales, ± sd over subsets",
        curves(cells, CURVE),
        "## Cost",
        costs(cells),
    ]
    TABLES.write_text("\n\n".join(parts) + "\n")


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
