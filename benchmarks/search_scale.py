"""What the search costs beyond the model: 181 TPs x 256 rationales x 9 exams on recorded completions.

    python benchmarks/search_scale.py --data FOLDER     with math500_test.jsonl and math_fneval_variants.jsonl
    python benchmarks/search_scale.py                   with as many pocket problems

The whole pipeline runs twice. The first time a scripted model stands in for teacher and student, and every
completion is written into a new store and graded; the second time all comes from the store. Every rationale
is another text, so that none of their exams is saved. 64, 128 and 256 rationales show how the cost grows.
"""

import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from results import Row, hand_over, options, result
from workload import ROOT

from lbt.generation import GenerationStore
from lbt.generation.engines.scripted import Script
from lbt.grading import domain_named

PROBLEMS = 181
SIZES = (64, 128, 256)


def script_of(golds: dict[str, str]) -> Script:
    """Knows every right answer and gives it in seven of ten cases; no two of its texts are equal."""
    from lbt.generation import Completion

    def script(messages: Sequence[tuple[str, str]], sample: int) -> Completion:
        draw = hashlib.sha256(f"{messages}/{sample}".encode()).digest()
        answer = golds[messages[-1][1]] if draw[0] < 180 else str(draw[0] % 5)
        text = f"First {draw.hex()[:12]}, then the rest of it. " * 8 + f"So it is $\\boxed{{{answer}}}$."
        return Completion(text, "stop", 900, 300)

    return script


def parameters(data: Path | None, rationales: int) -> dict[str, Any]:
    problems: dict[str, Any] = {"teaching": PROBLEMS, "evaluation": 0}
    if data is not None:
        problems |= {
            "source": "math_variants",
            "path": str(data / "math500_test.jsonl"),
            "exam_paths": [str(data / "math_fneval_variants.jsonl")],
            "bad_rows": "set_aside",
        }
    model = {"path": "function:knowing", "engine": "scripted"}
    return {
        "domain": "number" if data is None else "math",
        "problems": problems,
        "models": {
            "teacher": model,
            "students": {"strong": None, "weak": None, "knowing": model},
        },
        "search": {"samples": rationales, "baselines": []},
    }


def load_problems_of(chosen: dict[str, Any]) -> pd.DataFrame:
    from lbt.pocket.problems import load_pocket_problems
    from lbt.problems import ProblemSettings, load_problems

    settings = ProblemSettings(**chosen["problems"])
    if settings.source == "pocket":
        return load_pocket_problems(settings, 0)[0]
    return load_problems(settings, 0, domain_named(chosen["domain"]))[0]


def run(data: Path | None, rationales: int, record: bool) -> dict[str, float]:
    """The pipeline in this process; with `record`, the scripted model answers what the store lacks."""
    from kedro.framework.session import KedroSession
    from kedro.framework.startup import bootstrap_project

    bootstrap_project(ROOT)
    os.chdir(ROOT)
    chosen = parameters(data, rationales)
    if record:
        from lbt.generation.engines.scripted import scripted_model

        table = load_problems_of(chosen)
        scripted_model(script_of(dict(zip(table["question"], table["answer"], strict=True))), "knowing")
    began = time.perf_counter()
    with KedroSession.create(project_path=ROOT, runtime_params=chosen) as session:
        session.run(pipeline_names=["lbt_search"])
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def measure(data: Path | None) -> list[Row]:
    """Seconds and peak memory of both runs of each size, and how straight their line is."""
    rows, seen = [], {}
    command = "python benchmarks/search_scale.py" + ("" if data is None else " --data FOLDER")
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            for run_name in ("first", "stored"):
                figures = in_own_process(Path(folder), size, data, record=run_name == "first")
                seen[run_name, size] = figures["seconds"]
                with GenerationStore(Path(folder) / "data/02_intermediate/generations.sqlite") as store:
                    completions = store.count()
                for unit, key in (("s", "seconds"), ("MB", "mb")):
                    name = f"search_{run_name}_{unit.lower()}.{size}"
                    rows.append(result(name, [figures[key]], unit, completions, command))
    small, middle, large = SIZES
    for run_name in ("first", "stored"):
        early = (seen[run_name, middle] - seen[run_name, small]) / (middle - small)
        late = (seen[run_name, large] - seen[run_name, middle]) / (large - middle)
        # 1: another rationale costs the same among many as among few
        rows.append(result(f"search_{run_name}_growth", [late / early], "ratio", len(SIZES), command))
    return rows


def in_own_process(folder: Path, size: int, data: Path | None, record: bool) -> dict[str, float]:
    """One run, so that its peak memory is its own."""
    places = {
        "LBT_DATA": f"{folder}/data",
        "LBT_TRACKING_URI": f"sqlite:///{folder}/mlflow.db",
        "LBT_ARTIFACTS": f"{folder}/artifacts",
    }
    arguments = ["--size", str(size), *(["--record"] if record else [])]
    arguments += [] if data is None else ["--data", str(data)]
    command = [sys.executable, __file__, *arguments]
    done = subprocess.run(command, env=os.environ | places, check=True, stdout=subprocess.PIPE, text=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--data", type=Path, help="the folder of the two files")
    parser.add_argument("--size", type=int, help="one number of rationales, in this process")
    parser.add_argument("--record", action="store_true", help="with --size: let the scripted model answer")
    arguments = parser.parse_args()
    data = arguments.data and arguments.data.resolve()
    if arguments.size:
        print(json.dumps(run(data, arguments.size, arguments.record)))
    else:
        hand_over(measure(data), arguments.json)


if __name__ == "__main__":
    main()
