"""How many actors one driver keeps busy: its real loop, feed and store, with simulated actors.

    python benchmarks/ray_simulation.py
    python benchmarks/ray_simulation.py --actors 100 --requests 100000 --speed 5777

Time is simulated: it goes on by what the driver's thread really computes (rendering the prompts, its loop,
the recorder, SQLite), by what Ray itself would take of its time for each call and answer (`CALL_S`,
`ANSWER_S`: as `benchmarks/ray_engine.py` measures them), and where the driver waits, to the moment when the
next actor has something to say. What the simulation itself takes does not count, nor does tokenising, which
the tokenizer does on other cores; how many of them it would need is told (`tokenising_cores`). Each actor
writes one answer after the other.
Answers are as long as those of ShareGPT as Sarathi-Serve (OSDI 2024, table 2) reports them: median 415 tokens
and 90th percentile 834, here as a log-normal distribution.
"""

import argparse
import heapq
import math
import os
import random
import tempfile
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from results import Row, hand_over, options, result
from workload import ROOT

from lbt.generation import (
    Completion,
    Generated,
    GenerationStore,
    ModelSettings,
    Origin,
    Prompt,
    RaySettings,
    Request,
    SamplingSettings,
    identify_model,
)
from lbt.generation.engines.ray.driver import Driver
from lbt.generation.engines.ray.worker import Opened, Reply
from lbt.generation.feeding import Feed, Miss
from lbt.generation.recording import Recorder
from lbt.generation.rendering import open_renderer

MEDIAN, NINTH_TENTH = 415, 834
SIGMA = math.log(NINTH_TENTH / MEDIAN) / 1.2816
CALL_S = 0.00055
"""Of the driver's processor, for a call of an actor and its result."""
ANSWER_S = 0.000026
"""Of the driver's processor, for each answer in a result."""
TRAVEL_S = 0.001
"""One way, from driver to actor."""
TOKENS_PER_S = 5777
"""Llama 3.1 8B on one H100 in vLLM, offline: Red Hat's submission to MLPerf Inference 5.1."""
CHARACTERS = 4
COMMAND = "python benchmarks/ray_simulation.py"


@dataclass
class Actor:
    """Writes one answer after the other."""

    free_at: float = 0.0
    busy_s: float = 0.0
    ready: deque[tuple[float, Generated]] = field(default_factory=deque)
    """When each answer is written; ascending."""


class SimulatedCrew:
    """Actors in simulated time (see above).

    Args:
        size: Actors.
        speed: Tokens a second of each.
        seed: Of the answers' lengths.
    """

    def __init__(self, size: int, speed: float, seed: int = 0) -> None:
        self.size = size
        self.actors = [Actor() for _ in range(size)]
        self.now = 0.0
        self.calls = 0
        self.driver_s = 0.0
        """Of simulated time, when the driver had something to do."""
        self._speed = speed
        self._random = random.Random(seed)
        self._last = time.thread_time()
        self._ends: list[tuple[float, int]] = []
        self._replies: dict[int, Any] = {}
        self._letters = "".join(self._random.choices("abcdefghij klmno pqrst uvwxyz\n", k=200_000))

    def start(self, number: int) -> int:
        return self._call(self.now, Opened("simulated", "1"))

    def exchange(self, number: int, prompts: list[Prompt], linger: float) -> int:
        self._pass()
        actor = self.actors[number]
        arrived = self.now + TRAVEL_S
        for prompt in prompts:
            for index in prompt.samples:
                self._write(actor, prompt, index, arrived)
        self._last = time.thread_time()
        first = max(arrived, actor.ready[0][0])
        last = actor.ready[-1][0]
        return self._call(min(first + linger, max(first, last)), number)

    def _write(self, actor: Actor, prompt: Prompt, index: int, arrived: float) -> None:
        tokens = max(1, round(MEDIAN * math.exp(SIGMA * self._random.gauss(0, 1))))
        seconds = tokens / self._speed
        actor.free_at = max(actor.free_at, arrived) + seconds
        actor.busy_s += seconds
        start = self._random.randrange(50_000)
        text = self._letters[start : start + tokens * CHARACTERS]
        actor.ready.append(
            (actor.free_at, Generated(prompt.key, index, Completion(text, "stop", 300, tokens)))
        )

    def wait(self, calls: Sequence[Any], seconds: float) -> Sequence[Any]:
        self._pass()
        # Nothing is ready: the driver sleeps until something is.
        self.now = max(self.now, self._ends[0][0] + TRAVEL_S)
        ended = []
        while self._ends and self._ends[0][0] + TRAVEL_S <= self.now:
            ended.append(heapq.heappop(self._ends)[1])
        self._last = time.thread_time()
        return ended

    def result(self, call: Any) -> Opened | Reply:
        self._pass()
        self._add(CALL_S)
        given = self._replies.pop(call)
        if isinstance(given, Opened):
            return given
        number, ended = given
        actor = self.actors[number]
        results = []
        while actor.ready and actor.ready[0][0] <= ended:
            results.append(actor.ready.popleft()[1])
        self._add(ANSWER_S * len(results))
        self._last = time.thread_time()
        return Reply(results, idle=not actor.ready)

    def dismiss(self, number: int) -> None:
        raise AssertionError("nothing dies here")

    def check_room(self) -> None:
        pass

    def _call(self, end: float, given: Any) -> int:
        self.calls += 1
        self._replies[self.calls] = given if isinstance(given, Opened) else (given, end)
        heapq.heappush(self._ends, (end, self.calls))
        return self.calls

    def _pass(self) -> None:
        """Let the time go by that this thread has really computed since the last look."""
        now = time.thread_time()
        self._add(now - self._last)
        self._last = time.thread_time()

    def _add(self, seconds: float) -> None:
        self.now += seconds
        self.driver_s += seconds


def feed(requests: int, samples: int) -> Feed:
    """Exam-like prompts of 8 demos in turn, made as the sampler makes them, each with so many samples."""
    model = ModelSettings(path=str(ROOT / "src/lbt/pocket/models/student_weak"))
    sampling = SamplingSettings(temperature=1.0, max_tokens=2048)

    def request(number: int) -> Request:
        demo = "A farmer has 12 boxes of 30 eggs each, and 17 of the eggs break. How many are left?"
        said = f"Multiply, then take away what broke. That is what {number // 8} says.\n#### 343"
        question = f"{number} boxes hold 3 eggs each and 2 eggs break. How many are left?"
        turns = (("user", demo), ("assistant", said), ("user", question))
        return Request(turns, samples, sampling, 0)

    misses = [Miss(f"{number:064}", number, tuple(range(samples))) for number in range(requests // samples)]
    return Feed(
        Lazily(request, len(misses)), misses, open_renderer(model, identify_model(model, "exams")), None
    )


class Lazily(Sequence[Any]):
    """Requests that are made when they are asked for."""

    def __init__(self, make: Callable[[int], Request], count: int) -> None:
        self._make = make
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, place: Any) -> Any:
        return self._make(place)


def run(actors: int, requests: int, speed: float, stored: bool, samples: int = 3) -> dict[str, float]:
    """Answer all requests; returns utilisation and what the time went into."""
    crew = SimulatedCrew(actors, speed)
    settings = RaySettings()
    driver = Driver(crew, "simulated", settings.prompts, settings.ahead, settings.tries)
    written = 0.0
    others = time.process_time() - time.thread_time()
    with tempfile.TemporaryDirectory() as folder, GenerationStore(Path(folder) / "s.sqlite") as store:
        origin = Origin("0" * 64, "simulated", "scripted", "1", "exams")
        with Recorder(store, origin) as recorder:
            count = 0
            for one in driver.generate(feed(requests, samples)):
                count += 1
                if stored:
                    began = time.thread_time()
                    recorder.add(one)
                    written += time.thread_time() - began
        assert count == requests // samples * samples
    busy = sum(actor.busy_s for actor in crew.actors)
    return {
        "utilisation": busy / (actors * crew.now),
        "driver": crew.driver_s / crew.now,
        "store": written / crew.now,
        "tokenising_cores": (time.process_time() - time.thread_time() - others) / crew.now,
        "calls_per_s": crew.calls / crew.now,
        "answers_per_s": count / crew.now,
        "tokens_per_s": busy * speed / crew.now,
    }


def measure(actors: int, requests: int, speeds: Sequence[float], stored: bool = True) -> list[Row]:
    """Rows of each speed; the bound is what the driver's time goes into where it is never idle."""
    rows = []
    for speed in speeds:
        figures = run(actors, requests, speed, stored)
        command = f"{COMMAND} --actors {actors} --requests {requests} --speed {speed:g}"
        name = f"ray_simulation.{actors}_actors.{speed:g}_tokens_per_s"
        rows += [
            result(f"{name}.{figure}", [value], _unit(figure), requests, command)
            for figure, value in figures.items()
        ]
    return rows


def _unit(figure: str) -> str:
    if figure == "tokenising_cores":
        return "cores"
    if figure in ("utilisation", "driver", "store"):
        return "share"
    return figure.removesuffix("_per_s") + "/s"


def main() -> None:
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    os.environ.setdefault("RAYON_NUM_THREADS", "2")  # with one, this thread would do it
    parser: argparse.ArgumentParser = options(__doc__)
    parser.add_argument("--actors", type=int, default=1000)
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--speed", type=float, nargs="+", default=[TOKENS_PER_S])
    parser.add_argument("--no-store", action="store_true", help="leave the store's time out")
    arguments = parser.parse_args()
    rows = measure(arguments.actors, arguments.requests, arguments.speed, not arguments.no_store)
    hand_over(rows, arguments.json)


if __name__ == "__main__":
    main()
