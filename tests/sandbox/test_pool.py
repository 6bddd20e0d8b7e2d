import os
import signal
import sys
import threading
import time
from pathlib import Path

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
    pool = WorkerPool(work, workers=2)
    items = ["a", "hang", "b", "crash", "c", "eat", "print", "long", *map(str, range(30))]
    outcomes = dict(zip(items, pool.map(items), strict=True))
    pool.close()
    assert {item: outcome.failure for item, outcome in outcomes.items() if outcome.failure} == {
        "hang": "late",
        "crash": "died",
        "eat": "raised",
    }
    for item in ("a", "b", "c", "print", "long", "29"):
        assert outcomes[item].value["item"] == item
    assert len(outcomes["long"].value["text"]) == 40000


def test_a_late_item_ends_soon_after_its_limit(work: Job) -> None:
    pool = WorkerPool(work, workers=1)
    pool.map(["a"])
    began = time.monotonic()
    assert pool.map(["hang"]) == [Outcome(failure="late")]
    assert time.monotonic() - began < work.limit_s + 2
    pool.close()


@pytest.mark.slow
def test_workers_killed_from_outside_are_replaced() -> None:
    pool = WorkerPool(NEGATE, workers=2)
    assert [outcome.value for outcome in pool.map(range(60))] == [-number for number in range(60)]
    for process in pool.process_ids():
        os.kill(process, signal.SIGKILL)
    assert [outcome.value for outcome in pool.map(range(60))] == [-number for number in range(60)]
    victims = pool.process_ids()
    killer = threading.Timer(0.02, lambda: [os.kill(victim, signal.SIGKILL) for victim in victims])
    killer.start()
    assert [outcome.value for outcome in pool.map(range(3000))] == [-number for number in range(3000)]
    killer.join()
    pool.close()


def test_workers_stay_warm_between_calls_and_end_on_close() -> None:
    pool = WorkerPool(NEGATE, workers=1)
    pool.map([1])
    [first] = pool.process_ids()
    pool.map([2])
    assert pool.process_ids() == [first]
    pool.close()
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)


def test_a_worker_that_cannot_start_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LbtError, match=r"no_such_module do not start \(exit code 1\)"):
        WorkerPool(Job("no_such_module", "work"), workers=1).map([1])
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(LbtError, match="do not start"):
        WorkerPool(NEGATE, workers=1).map([1])
