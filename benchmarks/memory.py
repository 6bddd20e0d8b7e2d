"""Peak memory as requests grow, and how fast a finished stage is handed back.

    python benchmarks/memory.py

Each size runs in a process of its own: the transformers engine writes 2 tokens to each of so many exam-like
prompts, all different, through the sampler into a new store. At the larger size it is then asked again.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from results import Row, hand_over, options, result
from workload import STUDENT, model

SIZES = (10_000, 100_000)
COMMAND = "python benchmarks/memory.py"


def run(size: int) -> dict[str, float]:
    """Generate, ask again; returns peak memory in MB and the seconds of the second call."""
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
        assert generate(model(STUDENT), requests, store, "exams").new == size
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        began = time.perf_counter()
        again = generate(model(STUDENT), requests, store, "exams")
        rows = sum(len(answers) for answers in again.completions)
        seconds = time.perf_counter() - began
    assert again.new == 0
    assert rows == size
    return {"peak_rss_mb": peak, "stored_stage_s": seconds}


def measure() -> list[Row]:
    """One row a size, and the time of a fully stored stage of the largest."""
    rows = []
    for size in SIZES:
        command = [sys.executable, __file__, "--size", str(size)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        figures = json.loads(done.stdout.splitlines()[-1])
        rows.append(result(f"peak_rss_mb.{size}", [figures["peak_rss_mb"]], "MB", 1, COMMAND))
    rows.append(result(f"stored_stage_s.{size}", [figures["stored_stage_s"]], "s", 1, COMMAND))
    return rows


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--size", type=int, help="one size, in this process")
    arguments = parser.parse_args()
    if arguments.size:
        print(json.dumps(run(arguments.size)))
    else:
        hand_over(measure(), arguments.json)


if __name__ == "__main__":
    main()
