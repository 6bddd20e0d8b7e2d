"""Whether exams tell SmolLM2's right rationales from its wrong ones, and what choosing by them gains.

    python benchmarks/smollm2.py                          three seeds of 40 problems, both formats
    python benchmarks/smollm2.py --problems 120           three seeds of 120 problems
    python benchmarks/smollm2.py --seeds 30 --formats worked
    python benchmarks/smollm2.py --problems 4 --rationales 4 --seeds 0 --out /tmp/tiny   a look, outside docs

The model teaches itself. The two formats have one instruction and one grader; `worked` shows an example of
another family before every question, `plain` none. `--formats gemma` is `worked` with another student, which
`make gemma` makes. Seeds, sizes and figures were fixed before the run, and no one had looked at its problems:
choices about prompts and families were made on the side `examples` of the numbers (docs/elementary.md). Each
cell is one `kedro run --pipeline=lbt_search --env=smollm2`, an MLflow run; a finished one is not run again,
and a killed one continues from the store. Writes benchmarks/smollm2.json and docs/smollm2_tables.md.
"""

import argparse
import json
import os
from pathlib import Path

import pandas as pd
from cells import ROOT, newest, run_pipeline
from smollm2_tables import Cell, tables

from lbt.statistics import aucs_within

DATA = Path(os.environ.get("LBT_DATA", ROOT / "data"))  # whose store serves `make study NAME=smollm2` too
SEEDS = (30, 31, 32)
GEMMA = DATA / "06_models" / "gemma-3-270m"
FORMATS = {
    "worked": "",
    "plain": ",prompts.shots=none",
    "gemma": (
        ",models.students.smollm2=null,models.students.gemma.dtype=float32,"
        f"models.students.gemma.path={GEMMA}"
    ),
}
PARAMETERS = (
    "seed={seed},problems.teaching={problems},problems.evaluation=0,problems.exam_per_family=8,"
    "exams.problems_per_demo=2,exams.same_answer=avoid,search.samples={rationales}"
)


def run_cell(form: str, seed: int, problems: int, rationales: int) -> Cell:
    """One search: its metrics, every method's right answers, and the AUC within each problem."""
    parameters = PARAMETERS.format(seed=seed, problems=problems, rationales=rationales)
    run_pipeline("lbt_search", parameters + FORMATS[form], DATA, "smollm2")
    metrics = json.loads(newest(DATA / "08_reporting" / "search_metrics.json").read_text())
    metrics |= json.loads(newest(DATA / "08_reporting" / "score_metrics.json").read_text())
    selections = pd.read_parquet(newest(DATA / "07_model_output" / "selections.parquet"))
    right = selections.astype({"right": "Float64"}).pivot(
        index="problem_id", columns="method", values="right"
    )
    return {
        "format": form,
        "seed": seed,
        "problems": problems,
        "rationales": rationales,
        "metrics": metrics,
        "right": right.astype(object).where(right.notna(), None).to_dict("index"),
        "areas": _areas(),
    }


def _areas() -> dict[str, float]:
    """By problem that has right and wrong rationales, the AUC of the LbT score."""
    scores = pd.read_parquet(newest(DATA / "04_feature" / "lbt_scores.parquet"))
    rationales = pd.read_parquet(newest(DATA / "03_primary" / "rationales.parquet"))
    demos = rationales.drop_duplicates("demo_id").merge(scores[scores["student"] == "mean"], on="demo_id")
    found = {}
    for problem, rows in demos.groupby("problem_id"):
        score, right = rows["lbt_score"].to_numpy(float), rows["verdict"].eq("correct").to_numpy(bool)
        for area in aucs_within(score, right, right.astype(int) * 0):
            found[str(problem)] = float(area)
    return found


def main() -> None:
    """Run what is missing and write the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=["worked", "plain"])
    parser.add_argument("--problems", type=int, default=40, help="teaching problems of each seed")
    parser.add_argument("--rationales", type=int, default=16)
    parser.add_argument("--out", type=Path, help="a folder for the results instead of benchmarks and docs")
    options = parser.parse_args()
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
    results = (options.out or ROOT / "benchmarks") / "smollm2.json"
    written = (options.out or ROOT / "docs") / "smollm2_tables.md"
    cells = json.loads(results.read_text()) if results.exists() else []
    sizes = options.problems, options.rationales
    done = {(cell["format"], cell["seed"], cell["problems"], cell["rationales"]) for cell in cells}
    for seed in options.seeds:
        for form in options.formats:
            if (form, seed, *sizes) not in done:
                cells.append(run_cell(form, seed, *sizes))
                results.write_text(json.dumps(cells) + "\n")
                written.write_text(tables(cells))
    print(written.read_text())


if __name__ == "__main__":
    main()
