"""What Ray adds and what it costs, on this machine.

    python benchmarks/ray_engine.py
    python benchmarks/ray_engine.py --answers 2000 --sizes 10000

- Two actors of one thread against one engine of two threads, in the same exams.
- The engine's overhead: the same prompts by actors that are called with nothing around them.
- Peak memory of the driver and of the largest actor as requests grow, with a scripted model.
- What one call of an actor, and one answer in it, take of the driver's processor (for `ray_simulation.py`).

It needs Ray (`make ray`), and 2 cores that do nothing else.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from math import ceil
from pathlib import Path
from typing import Any

from results import Row, hand_over, options, result
from workload import STUDENT, Workload, model, prompts_of

from lbt.generation import ModelSettings, Prompt

ANSWERS = 6000
ANSWERS_A_RATIONALE = 640  # to one rationale of each problem
SIZES = (10_000, 100_000)
CALLS = 2000
TURNS = 7
COMMAND = "python benchmarks/ray_engine.py"
PARTS = ("throughput", "memory", "calls")


def throughput(answers: int) -> dict[str, Any]:
    """Seconds of the same exams, in turn: here with 2 threads, by 2 actors, and by 2 bare actors.

    All have opened their models before, and answered something. Every other turn goes backwards, so that a
    machine that grows slower or faster favours none.
    """
    import ray
    import torch

    from lbt.generation import RaySettings, identify_model, open_engine
    from lbt.generation.engines.ray.worker import Worker, order_for

    torch.set_num_threads(2)
    with tempfile.TemporaryDirectory() as folder:
        requests = Workload(Path(folder), ceil(answers / ANSWERS_A_RATIONALE)).first_requests(answers)
    settings = model(STUDENT)
    identity = identify_model(settings, "benchmark")
    prompts = prompts_of(settings, identity, requests)
    on_ray = settings.model_copy(update={"engine": "ray", "ray": RaySettings(actors=2)})
    halves = (prompts[: len(prompts) // 2], prompts[len(prompts) // 2 :])

    def engine(chosen: ModelSettings) -> float:
        with closing(open_engine(chosen, identity)) as opened:
            warm = False
            while not warm:  # an actor joins when it is ready
                list(opened.generate(prompts[:8]))
                warm = getattr(opened, "state", "2 of 2 actors") == "2 of 2 actors"
            began = time.perf_counter()
            assert sum(1 for _ in opened.generate(prompts)) == sum(len(prompt.samples) for prompt in prompts)
            return time.perf_counter() - began

    def bare() -> float:
        actors = [
            ray.remote(Worker).options(num_cpus=1).remote(order_for(on_ray, identity, open_engine))
            for _ in range(2)
        ]
        ray.get([actor.open.remote() for actor in actors])
        ask_all(actors, (prompts[:8], prompts[8:16]))
        began = time.perf_counter()
        ask_all(actors, halves)
        seconds = time.perf_counter() - began
        for actor in actors:
            ray.kill(actor)
        return seconds

    def ask_all(actors: list[Any], parts: tuple[list[Prompt], list[Prompt]]) -> None:
        calls = [actor.exchange.remote(part, 3600.0) for actor, part in zip(actors, parts, strict=True)]
        given = [ray.get(call) for call in calls]
        while not all(reply.idle for reply in given):
            given = ray.get([actor.exchange.remote([], 3600.0) for actor in actors])

    ways = {"one_engine": lambda: engine(settings), "two_actors": lambda: engine(on_ray), "bare_actors": bare}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(TURNS):
        for name in list(ways)[:: -1 if turn % 2 else 1]:
            seconds[name].append(ways[name]())
    return seconds | {"answers": sum(len(prompt.samples) for prompt in prompts)}


def memory(size: int) -> dict[str, float]:
    """Peak MB of the driver and of the largest actor for so many requests to a scripted model."""
    import psutil

    from lbt.generation import (
        GenerationStore,
        RaySettings,
        Request,
        SamplingSettings,
        generate,
    )

    sampling = SamplingSettings(temperature=1.0, max_tokens=64)
    largest = 0.0

    class Requests:
        def __len__(self) -> int:
            return size

        def __getitem__(self, place: Any) -> Any:
            if not 0 <= place < size:
                raise IndexError(place)
            nonlocal largest
            if place % 2000 == 0:
                for process in psutil.process_iter(["cmdline", "memory_info"]):
                    if (process.info["cmdline"] or [""])[0].startswith("ray::Worker"):
                        largest = max(largest, process.info["memory_info"].rss / 1e6)
            return Request((("user", f"{place}: " + "How many eggs are left? " * 40),), 1, sampling, 0)

    with tempfile.TemporaryDirectory() as folder, GenerationStore(Path(folder) / "s.sqlite") as store:
        script = Path(folder) / "answers.jsonl"
        script.write_text(json.dumps({"answers": ["Multiply, then take away what broke.\n#### 7"]}))
        ray = RaySettings(engine="scripted", actors=2)
        asked = ModelSettings(path=str(script), engine="ray", ray=ray)
        assert generate(asked, Requests(), store, "exams").new == size  # type: ignore[arg-type]
    return {"driver_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "actor_mb": largest}


def calls(count: int) -> dict[str, float]:
    """Microseconds of the driver's processor for one call, and for one answer in one."""
    import ray

    from lbt.cluster import connect
    from lbt.generation import Completion, Generated

    connect(None, "benchmark")

    class Echo:
        def give(self, answers: int) -> list[Generated]:
            return [
                Generated("0" * 64, n, Completion("word " * 300, "stop", 300, 415)) for n in range(answers)
            ]

    echo = ray.remote(Echo).remote()
    ray.get(echo.give.remote(1))
    taken = {}
    for answers in (0, 50):
        began = time.process_time()
        for _ in range(count):
            ray.get(ray.wait([echo.give.remote(answers)])[0])
        taken[answers] = (time.process_time() - began) / count * 1e6
    return {"call_us": taken[0], "answer_us": (taken[50] - taken[0]) / 50}


def alone(part: str, argument: int) -> dict[str, Any]:
    """A part in a process of its own."""
    environment = os.environ | {"OMP_NUM_THREADS": "2" if part == "throughput" else "1"}
    command = [sys.executable, __file__, "--part", part, "--argument", str(argument)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def measure(answers: int = ANSWERS, sizes: tuple[int, ...] = SIZES) -> list[Row]:
    """All rows."""
    seen = alone("throughput", answers)
    count = seen.pop("answers")
    rows = [result(f"ray.{name}_s", values, "s", count, COMMAND) for name, values in seen.items()]
    for name, more, less in (
        ("speedup", "one_engine", "two_actors"),
        ("overhead", "two_actors", "bare_actors"),
    ):
        ratios = [a / b for a, b in zip(seen[more], seen[less], strict=True)]
        rows.append(result(f"ray.{name}", ratios, "times", count, COMMAND))
    for size in sizes:
        rows += [
            result(f"ray.peak_{name}.{size}", [value], "MB", size, COMMAND)
            for name, value in alone("memory", size).items()
        ]
    rows += [
        result(f"ray.{name}", [value], "µs", CALLS, COMMAND) for name, value in alone("calls", CALLS).items()
    ]
    return rows


def main() -> None:
    parser: argparse.ArgumentParser = options(__doc__)
    parser.add_argument("--answers", type=int, default=ANSWERS)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--part", choices=PARTS, help="one part, in this process")
    parser.add_argument("--argument", type=int, default=0)
    arguments = parser.parse_args()
    if arguments.part:
        measured = {"throughput": throughput, "memory": memory, "calls": calls}[arguments.part]
        print(json.dumps(measured(arguments.argument)))
    else:
        hand_over(measure(arguments.answers, tuple(arguments.sizes)), arguments.json)


if __name__ == "__main__":
    main()
