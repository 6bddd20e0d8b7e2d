"""The evidence of M3 on the pocket: refined exemplars beside baselines and arms of the same budget.

    python benchmarks/refine.py                five seeds
    python benchmarks/refine.py --seeds 20     a part of them

Each seed is one `kedro run` of the refinement with all arms, so every figure is an MLflow run too; a
finished one is not run again, and a killed one goes on. Writes benchmarks/refine.json and
docs/refine_tables.md. A difference is computed within each seed; its interval is a t interval over seeds.
"""

import argparse
import json
from typing import Any

import numpy as np
import pandas as pd
from cells import ROOT, newest, run_pipeline
from scipy import stats

Cell = dict[str, Any]
"""A seed, its metrics, and the figures of its rounds."""

DATA = ROOT / "data" / "refine_evidence"
RESULTS = ROOT / "benchmarks" / "refine.json"
TABLES = ROOT / "docs" / "refine_tables.md"
# None of them had a part in any choice about the refinement.
SEEDS = (20, 21, 22, 23, 24)
REFINED = ("students", "own", "random_search", "random_changes")
FIXED = ("none", "random", "first_right")
DIFFERENCES = (
    *(f"students_minus_{other}" for other in (*FIXED, "own", "random_search", "random_changes")),
    *(f"own_minus_{other}" for other in (*FIXED, "random_search", "random_changes")),
    *(f"{arm}_gain" for arm in REFINED),
)


def run_cell(seed: int) -> Cell:
    """One refinement; its metrics and its rounds."""
    run_pipeline("lbt_refine", f"seed={seed}", DATA)
    reports = DATA / "08_reporting"
    metrics = json.loads(newest(reports / "refine_metrics.json").read_text())
    rounds = pd.read_parquet(newest(reports / "refine_rounds.parquet"))
    columns = ["arm", "round", "sets", "failures", "answers", "score", "accuracy"]
    shown = rounds[columns].astype(object).where(rounds[columns].notna(), None)
    return {"seed": seed, "metrics": metrics, "rounds": shown.to_dict("records")}


def rounds_table(cells: list[Cell]) -> str:
    """Mean held-out accuracy over the seeds, a row an arm and a column a round; and the last score."""
    table = pd.concat([pd.DataFrame(cell["rounds"]) for cell in cells])
    means = table.groupby(["arm", "round"])[["accuracy", "score"]].mean(numeric_only=False)
    last = int(table["round"].max())
    lines = [
        f"| arm | {' | '.join(f'round {number}' for number in range(last + 1))} | last score |",
        "|---" * (last + 3) + "|",
    ]
    for arm in (*FIXED, *REFINED):
        own = means.loc[arm]
        cells_of = [
            f"{own.loc[number, 'accuracy']:.1%}" if number in own.index else "" for number in range(last + 1)
        ]
        score = own["score"].iloc[-1]
        lines.append(f"| {arm} | {' | '.join(cells_of)} | {'' if pd.isna(score) else f'{score:.1%}'} |")
    return "\n".join(lines)


def seeds_table(cells: list[Cell]) -> str:
    """Accuracy after the last round, a row a seed."""
    arms = (*FIXED, *REFINED)
    lines = [f"| seed | {' | '.join(arms)} |", "|---" * (len(arms) + 1) + "|"]
    for cell in cells:
        shown = [f"{cell['metrics'][f'refine.{arm}.accuracy']:.1%}" for arm in arms]
        lines.append(f"| {cell['seed']} | {' | '.join(shown)} |")
    return "\n".join(lines)


def differences(cells: list[Cell]) -> str:
    """A row a difference: its mean over the seeds, its 95% t interval over them, and the seeds' range."""
    lines = [
        f"| points | mean | 95% interval over {len(cells)} seeds | smallest to largest | seeds above 0 |",
        "|---|---|---|---|---|",
    ]
    for name in DIFFERENCES:
        points = 100 * np.array([cell["metrics"][f"refine.{name}"] for cell in cells])
        interval = "none"
        if len(points) > 1 and points.std():
            low, high = stats.ttest_1samp(points, 0).confidence_interval(0.95)
            interval = f"{low:+.1f} to {high:+.1f}"
        lines.append(
            f"| {name.replace('_minus_', ' less ').replace('_', ' ')} | {points.mean():+.1f} | {interval} | "
            f"{points.min():+.1f} to {points.max():+.1f} | {(points > 0).sum()} of {len(points)} |"
        )
    return "\n".join(lines)


def costs(cells: list[Cell]) -> str:
    """Mean answers that each arm asked for, held-out ones aside."""
    lines = ["| arm | answers |", "|---|---|"]
    for arm in REFINED:
        mean = np.mean([cell["metrics"][f"refine.{arm}.answers"] for cell in cells])
        lines.append(f"| {arm} | {mean:,.0f} |")
    return "\n".join(lines)


def write(cells: list[Cell]) -> None:
    """Keep the cells, and write the tables."""
    cells = sorted(cells, key=lambda cell: int(cell["seed"]))
    RESULTS.write_text(json.dumps(cells) + "\n")
    parts = [
        "# M3 on the pocket, seed by seed",
        "Written by `make refine-evidence`; what the figures mean stands in [refine.md](refine.md).",
        "## Held-out accuracy by round, mean over the seeds",
        rounds_table(cells),
        "The last score is by which the last set was chosen: too good, since it chose.",
        "## After the last round",
        seeds_table(cells),
        "## Differences",
        differences(cells),
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
