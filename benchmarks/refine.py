"""The evidence of M3 on the pocket: refined exemplars beside baselines and arms of the same budget.

    python benchmarks/refine.py                five seeds
    python benchmarks/refine.py --seeds 20     a part of them
    make refine-evidence ARGS="--parameters problems.pocket.lucky_share=0.5"

Writes benchmarks/refine.json and docs/refine_tables.md. A difference is computed within each seed; its
interval is a t interval over seeds.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from cells import ROOT, newest
from evidence import Cell, Evidence, differences_table

REFINED = ("students", "own", "random_search", "random_changes")
FIXED = ("none", "random", "first_right")
DIFFERENCES = (
    *(f"students_minus_{other}" for other in (*FIXED, "own", "random_search", "random_changes")),
    *(f"own_minus_{other}" for other in (*FIXED, "random_search", "random_changes")),
    *(f"{arm}_gain" for arm in REFINED),
)


def read(reports: Path) -> dict[str, Any]:
    """The metrics of a run and its rounds."""
    metrics = json.loads(newest(reports / "refine_metrics.json").read_text())
    rounds = pd.read_parquet(newest(reports / "refine_rounds.parquet"))
    columns = ["arm", "round", "sets", "failures", "answers", "score", "accuracy"]
    shown = rounds[columns].astype(object).where(rounds[columns].notna(), None)
    return {"metrics": metrics, "rounds": shown.to_dict("records")}


def rounds_table(cells: Sequence[Cell]) -> str:
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


def seeds_table(cells: Sequence[Cell]) -> str:
    """Accuracy after the last round, a row a seed."""
    arms = (*FIXED, *REFINED)
    lines = [f"| seed | {' | '.join(arms)} |", "|---" * (len(arms) + 1) + "|"]
    for cell in cells:
        shown = [f"{cell['metrics'][f'refine.{arm}.accuracy']:.1%}" for arm in arms]
        lines.append(f"| {cell['seed']} | {' | '.join(shown)} |")
    return "\n".join(lines)


def differences(cells: Sequence[Cell]) -> str:
    """Each difference over the seeds."""
    return differences_table(
        {
            name.replace("_minus_", " less ").replace("_", " "): [
                cell["metrics"][f"refine.{name}"] for cell in cells
            ]
            for name in DIFFERENCES
        }
    )


def costs(cells: Sequence[Cell]) -> str:
    """Mean answers that each arm asked for, held-out ones aside."""
    lines = ["| arm | answers |", "|---|---|"]
    for arm in REFINED:
        mean = np.mean([cell["metrics"][f"refine.{arm}.answers"] for cell in cells])
        lines.append(f"| {arm} | {mean:,.0f} |")
    return "\n".join(lines)


def show(cells: Sequence[Cell]) -> list[str]:
    """The tables of cells that differ by seed alone."""
    return [
        "Held-out accuracy by round, mean over the seeds",
        rounds_table(cells),
        "The last score is by which the last set was chosen: too good, since it chose.",
        "After the last round",
        seeds_table(cells),
        "Differences",
        differences(cells),
        "Cost",
        costs(cells),
    ]


EVIDENCE = Evidence(
    pipeline="lbt_refine",
    results=ROOT / "benchmarks" / "refine.json",
    page=ROOT / "docs" / "refine_tables.md",
    title="M3 on the pocket, seed by seed",
    seeds=(20, 21, 22, 23, 24),  # none of them had a part in any choice about the refinement
    read=read,
    show=show,
)

if __name__ == "__main__":
    EVIDENCE.measure(__doc__)
