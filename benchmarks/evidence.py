"""The evidence of docs/evidence.md: LbT + correctness beside correctness alone, over seeds and lucky shares.

    make evidence                                    all arms, about an hour on 2 cores
    make evidence ARGS="--seeds 0 1 --shares 0.5"    a part of them

Each cell is one `kedro run` of the main job, so that every figure is an MLflow run too. The two arms of a
seed and share use the same rationales and exams (the store gives them), the same evaluation problems, and
differ in `preferences.signal` alone; they are compared on the same problems. Writes benchmarks/evidence.json
and docs/evidence_tables.md; a finished cell is not run again.
"""

import argparse
import json
from typing import Any

import numpy as np
import pandas as pd
from cells import ROOT, newest, run_pipeline

from lbt.statistics import cluster_t_interval, paired_bootstrap_interval

DATA = ROOT / "data" / "evidence"
RESULTS = ROOT / "benchmarks" / "evidence.json"
TABLES = ROOT / "docs" / "evidence_tables.md"
ARMS = ("lbt+correctness", "correctness")
METRICS = ("evaluation_metrics", "score_metrics", "preference_metrics", "training_metrics")
PARAMETERS = "seed={seed},problems.pocket.lucky_share={share},preferences.signal={arm},evaluation.samples=0"


def run_cell(seed: int, share: float, arm: str) -> dict[str, Any]:
    """One run of the main job; its metrics, and which evaluation problems the tuned teacher solves."""
    parameters = PARAMETERS.format(seed=seed, share=share, arm=arm)
    run_pipeline("lbt_finetune", parameters, DATA)
    metrics: dict[str, Any] = {}
    for name in METRICS:
        metrics |= json.loads(newest(DATA / "08_reporting" / f"{name}.json").read_text())
    answers = pd.read_parquet(newest(DATA / "07_model_output" / "evaluation_answers.parquet"))
    tuned = answers[(answers["model"] == "tuned") & (answers["decoding"] == "greedy")]
    right = dict(zip(tuned["problem_id"], (tuned["verdict"] == "correct").astype(int), strict=True))
    return {"seed": seed, "share": share, "arm": arm, "metrics": metrics, "right": right}


def difference(lbt: dict[str, Any], correctness: dict[str, Any]) -> tuple[float, float, float]:
    """Accuracy of the LbT arm less the other's on the same problems, with its 95% interval."""
    problems = sorted(lbt["right"])
    ours = np.array([lbt["right"][p] for p in problems], dtype=bool)
    other = np.array([correctness["right"][p] for p in problems], dtype=bool)
    low, high = paired_bootstrap_interval(other, ours, 10_000, 0.95, np.random.default_rng(0))
    return float(ours.mean() - other.mean()), low, high


def table(cells: list[dict[str, Any]], share: float) -> str:
    """The table of one lucky share: a row a seed, and the means."""
    by = {(c["seed"], c["arm"]): c for c in cells if c["share"] == share}
    seeds = sorted({seed for seed, _ in by if all((seed, arm) in by for arm in ARMS)})
    lines = [
        "| seed | n | base | correctness | LbT + correctness | eval.delta (95% interval) "
        "| LbT less correctness (95% interval) | pairs | AUC right/wrong | AUC right/lucky |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    rows = []
    for seed in seeds:
        lbt, other = by[seed, ARMS[0]], by[seed, ARMS[1]]
        m, o = lbt["metrics"], other["metrics"]
        gap, low, high = difference(lbt, other)
        lucky = m.get("scoring.auc_right_lucky")
        rows.append(
            (
                m["eval.base.accuracy"],
                o["eval.tuned.accuracy"],
                m["eval.tuned.accuracy"],
                m["eval.delta"],
                gap,
            )
        )
        lines.append(
            f"| {seed} | {len(lbt['right'])} | {rows[-1][0]:.1%} | {rows[-1][1]:.1%} | {rows[-1][2]:.1%} "
            f"| {m['eval.delta']:+.3f} ({m['eval.delta_ci_low']:+.3f} to {m['eval.delta_ci_high']:+.3f}) "
            f"| {gap:+.3f} ({low:+.3f} to {high:+.3f}) "
            f"| {o['preferences.pairs']:.0f} / {m['preferences.pairs']:.0f} "
            f"| {m['scoring.auc_right_wrong']:.3f} | {'–' if lucky is None else f'{lucky:.3f}'} |"
        )
    if rows:
        base, other_mean, lbt_mean, delta, gap = np.mean(rows, axis=0)
        interval = cluster_t_interval(np.array([row[4] for row in rows]), np.arange(len(rows)), 0.95)
        over_seeds = f" ({interval[0]:+.3f} to {interval[1]:+.3f} over seeds)" if interval else ""
        lines.append(
            f"| mean of {len(rows)} | | {base:.1%} | {other_mean:.1%} | {lbt_mean:.1%} | {delta:+.3f} "
            f"| {gap:+.3f}{over_seeds} | | | |"
        )
    return "\n".join(lines)


def write(cells: list[dict[str, Any]]) -> None:
    """Keep the cells, and write the tables."""
    RESULTS.write_text(json.dumps(cells) + "\n")
    shares = sorted({cell["share"] for cell in cells})
    TABLES.write_text(
        "\n\n".join(f"**Lucky share {share:g}**\n\n{table(cells, share)}" for share in shares) + "\n"
    )


def main() -> None:
    """Run what is missing and write the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument("--shares", type=float, nargs="+", default=[0.5, 0.0])
    options = parser.parse_args()
    cells = json.loads(RESULTS.read_text()) if RESULTS.exists() else []
    done = {(c["seed"], c["share"], c["arm"]) for c in cells}
    for seed in options.seeds:
        for share in options.shares:
            for arm in ARMS:
                if (seed, share, arm) not in done:
                    cells.append(run_cell(seed, share, arm))
                    write(cells)
    write(cells)
    print(TABLES.read_text())


if __name__ == "__main__":
    main()
