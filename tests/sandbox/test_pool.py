import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from lbt.errors import LbtError
from lbt.sandbox.pool import Job, Outcome, WorkerPool

NEGATE = Job("operator", "neg")
WORK = """
import os, time

def work(item):
    if item == "hang":
        time.sleep(60)
    if item == "crash":
        os._exit(1)
    if item == "eat":
        bytearray(1 << 40)
    if item == "print":
        print("this is no result")
    return {"item": item, "text": "\\u00e9\\n" * 20000 if item == "long" else ""}

def warm_up():
    time.sleep(0.2)
"""


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    (tmp_path / "untrusted_work.py").write_text(WORK)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    return Job("untrusted_work", "work", "warm_up", limit_s=1.0)


def test_each_item_has_its_outcome_whatever_the_others_do(work: Job) -> None:
    items = ["a", "hang", "b", "crash", "c", "eat", "print", "long", *map(str, range(30))]
    with closing(WorkerPool(work, workers=2)) as pool:
        outcomes = dict(zip(items, pool.map(items), strict=True))
    assert {item: outcome.failure for item, outcome in outcomes.items() if outcome.failure} == {
        "hang": "late",
        "crash": "died",
        "eat": "raised",
    }
    for item in ("a", "b", "c", "print", "long", "29"):
        assert outcomes[item].value["item"] == item
    assert len(outcomes["long"].value["text"]) == 40000


def test_a_late_item_ends_soon_after_its_limit(work: Job) -> None:
    with closing(WorkerPool(work, workers=1)) as pool:
        pool.map(["a"])
        began = time.monotonic()
        assert pool.map(["hang"]) == [Outcome(failure="late")]
        assert time.monotonic() - began < work.limit_s + 2


def _kill(processes: Sequence[int]) -> None:
    for process in processes:
        os.kill(process, signal.SIGKILL)


def test_workers_killed_while_idle_are_replaced() -> None:
    with closing(WorkerPool(NEGATE, workers=2)) as pool:
        assert [outcome.value for outcome in pool.map(range(60))] == [-number for number in range(60)]
        _kill(pool.process_ids())
        assert [outcome.value for outcome in pool.map(range(60))] == [-number for number in range(60)]


@pytest.mark.slow
def test_no_item_is_blamed_when_all_workers_are_killed_from_outside() -> None:
    with closing(WorkerPool(NEGATE, workers=2)) as pool:
        for delay_s in np.linspace(0.005, 0.025, 80):  # the moment matters: some kill between two messages
            pool.map(range(60))
            killer = threading.Timer(delay_s, _kill, [pool.process_ids()])
            killer.start()
            outcomes = pool.map(range(3000))
            killer.join()
            assert [outcome.value for outcome in outcomes] == [-number for number in range(3000)]


def test_workers_stay_warm_between_calls_and_end_on_close() -> None:
    with closing(WorkerPool(NEGATE, workers=1)) as pool:
        pool.map([1])
        [first] = pool.process_ids()
        pool.map([2])
        assert pool.process_ids() == [first]
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)


def test_a_worker_that_cannot_start_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LbtError, match=r"no_such_module do not start \(exit code 1\)"):
        WorkerPool(Job("no_such_module", "work"), workers=1).map([1])
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(LbtError, match="do not start"):
        WorkerPool(NEGATE, workers=1).map([1])
