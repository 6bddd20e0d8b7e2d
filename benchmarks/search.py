"""The evidence of M1: SUM and MAX beside SC and the label-matched baselines, over seeds and lucky shares.

    python benchmarks/search.py                        three seeds without lucky numbers
    python benchmarks/search.py --seeds 3 --shares 0.5 another seed, and the default's lucky numbers

Each cell is one `kedro run` of the search, so that every figure is an MLflow run too; a finished cell is not
run again. Writes benchmarks/search.json and docs/search_tables.md.
"""

import argparse
import json

from cells import ROOT, run_pipeline
from search_tables import Cell, costs, curves, result_of, shares

DATA = ROOT / "data" / "search_evidence"
RESULTS = ROOT / "benchmarks" / "search.json"
TABLES = ROOT / "docs" / "search_tables.md"
PARAMETERS = (
    "seed={seed},problems.pocket.lucky_share={share},problems.teaching=84,problems.evaluation=0,"
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


def run_cell(seed: int, share: float) -> Cell:
    """One search; its metrics and its curve over the number of rationales."""
    run_pipeline("lbt_search", PARAMETERS.format(seed=seed, share=share), DATA)
    return {"seed": seed, "share": share} | result_of(DATA)


def differences(cells: list[Cell]) -> str:
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


def write(cells: list[Cell]) -> None:
    """Keep the cells, and write the tables."""
    RESULTS.write_text(json.dumps(cells) + "\n")
    parts = []
    for share in sorted({cell["share"] for cell in cells}):
        chosen = sorted((cell for cell in cells if cell["share"] == share), key=lambda cell: cell["seed"])
        parts += [
            f"## Lucky share {share:g}",
            "Accuracy",
            shares(chosen, METHODS, "accuracy"),
            "Differences in points",
        ]
        parts += [differences(chosen), "Accuracy against the number of rationales, ± sd over subsets"]
        parts += [curves(chosen, CURVE), "Cost", costs(chosen)]
    TABLES.write_text("\n\n".join(parts) + "\n")


def main() -> None:
    """Run what is missing and write the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--shares", type=float, nargs="+", default=[0.0])
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
