"""Peak memory as requests grow, and how fast a finished stage is handed back.

    python benchmarks/memory.py

Each size runs in a process of its own: the transformers engine writes 2 tokens to each of so many exam-like
prompts, all different, through the sampler into a new store. The stage that is handed back was answered by a
script, which is the same to the store and takes a minute instead of ten; it is asked three times again.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from results import Row, hand_over, options, result
from workload import STUDENT, model

from lbt.generation import ModelSettings

SIZES = (10_000, 100_000)
TURNS = 3
COMMAND = "python benchmarks/memory.py"


def run(size: int, asked: ModelSettings) -> dict[str, Any]:
    """Generate, ask again; returns peak memory in MB and the seconds of each further call."""
    from lbt.asking import Asker, Task, Tasks
    from lbt.asking.asker import Requests
    from lbt.generation import GenerationStore, SamplingSettings, generate
    from lbt.grading import domain_named
    from lbt.prompts import Message, PromptSettings

    sampling = SamplingSettings(temperature=0.7, max_tokens=2)

    def task(number: int) -> Task:
        demo = f"{number % 97} boxes hold {number % 89} eggs each and 9 eggs break. How many are left?"
        said = f"Multiply, then take away what broke. {number}\n#### {number % 7919}"
        question = f"{number} boxes hold 3 eggs each and 2 eggs break. How many are left?"
        turns = (("user", demo), ("assistant", said), ("user", question))
        messages = [Message(role=role, content=content) for role, content in turns]
        return Task(messages, "", {}, 1, sampling)

    with tempfile.TemporaryDirectory() as folder, GenerationStore(Path(folder) / "s.sqlite") as store:
        asker = Asker(PromptSettings(), store, 0, domain_named("number"))
        requests = Requests(Tasks(range(size), task), asker)
        assert generate(asked, requests, store, "exams").new == size
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        seconds = []
        for _ in range(TURNS):
            began = time.perf_counter()
            again = generate(asked, requests, store, "exams")
            rows = sum(len(answers) for answers in again.completions)
            seconds.append(time.perf_counter() - began)
            assert (again.new, rows) == (0, size)
    return {"peak_rss_mb": peak, "stored_stage_s": seconds}


def stored_stage(size: int) -> list[float]:
    """Seconds in which a stage of so many answers is handed back."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "answers.jsonl"
        script.write_text(json.dumps({"answers": ["7"]}))
        seconds: list[float] = run(size, ModelSettings(path=str(script), engine="scripted"))["stored_stage_s"]
        return seconds


def measure() -> list[Row]:
    """One row a size, and the time of a fully stored stage of the largest."""
    rows = []
    for size in SIZES:
        command = [sys.executable, __file__, "--size", str(size)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        figures = json.loads(done.stdout.splitlines()[-1])
        rows.append(result(f"peak_rss_mb.{size}", [figures["peak_rss_mb"]], "MB", 1, COMMAND))
    rows.append(result(f"stored_stage_s.{size}", stored_stage(size), "s", size, COMMAND))
    return rows


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--size", type=int, help="one size, in this process")
    arguments = parser.parse_args()
    if arguments.size:
        print(json.dumps(run(arguments.size, model(STUDENT))))
    else:
        hand_over(measure(), arguments.json)


if __name__ == "__main__":
    main()
