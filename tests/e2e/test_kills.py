"""SIGKILL at twenty random moments of sampling, exams and training, for real."""

import multiprocessing
import signal
import sqlite3
import time
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

import pandas as pd
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from lbt.training.work import checkpoint_step

from . import stages

pytestmark = pytest.mark.slow

KILLS = {"teaching": 6, "exams": 8, "training": 6}
STEPS = stages.TRAINING.epochs * stages.PAIRS // stages.TRAINING.batch_size
DEADLINE_S = 600

Sample = tuple[str, int]
Row = tuple[object, ...]


@dataclass
class Attempt:
    """One process, from its start to its end."""

    stage: str
    """Where it was killed; "" for the one that came to the end."""
    before: dict[Sample, Row]
    """What the store held before it."""
    after: dict[Sample, Row]
    asked: list[Sample]
    checkpoint: int
    """The newest of the training when it was killed, 0 for none."""


@dataclass
class Work:
    """A folder in which attempts are made until one comes to the end."""

    folder: Path
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def events(self) -> list[list[str]]:
        file = self.folder / "events.txt"
        lines = file.read_text().splitlines() if file.exists() else []
        return [line.split() for line in lines]

    @property
    def stage(self) -> str:
        return next((words[1] for words in reversed(self.events) if words[0] == "stage"), "")

    @property
    def checkpoint(self) -> int:
        return max(map(checkpoint_step, self.folder.glob("trainings/*/trainer/checkpoint-*")), default=0)

    @property
    def model(self) -> Tensor:
        [folder] = self.folder.glob("trainings/*/model")
        return _weights(folder)

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_parquet(self.folder / f"{name}.parquet")

    def rows(self) -> dict[Sample, Row]:
        """The store's, with their time; the file is whole, or this fails."""
        path = self.folder / "generations.sqlite"
        if not path.exists():
            return {}
        connection = sqlite3.connect(path)
        try:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            table = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            rows = connection.execute("SELECT * FROM generations").fetchall() if table else []
        finally:
            connection.close()
        return {row[:2]: row for row in rows}

    def start(self) -> BaseProcess:
        (self.folder / "events.txt").unlink(missing_ok=True)
        # Forked from a process that has imported everything and computed nothing: a start costs no seconds.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([stages.__name__, *stages.SLOW_TO_IMPORT])
        process = context.Process(target=stages.run, args=(self.folder,))
        process.start()
        return process

    def finish(self) -> None:
        before = self.rows()
        process = self.start()
        process.join(DEADLINE_S)
        assert process.exitcode == 0, (self.folder / "terminal.txt").read_text()[-3000:]
        self._note("", before)

    def kill(self, stage: str, progress: int, delay_s: float) -> None:
        """Kill an attempt some time after it has reached a stage and that progress in it."""
        before = self.rows()
        process = self.start()
        deadline = time.monotonic() + DEADLINE_S
        while not self._reached(stage, progress, before):
            assert process.is_alive(), (self.folder / "terminal.txt").read_text()[-3000:]
            assert time.monotonic() < deadline
            time.sleep(0.005)
        time.sleep(delay_s)
        process.kill()
        process.join()
        assert process.exitcode == -signal.SIGKILL, "it ended before it was killed"
        self._note(self.stage, before)

    def _reached(self, stage: str, progress: int, before: dict[Sample, Row]) -> bool:
        """Whether the stage, or a later one, has begun and made the progress: samples or training steps."""
        now = self.stage
        if not now or stages.STAGES.index(now) < stages.STAGES.index(stage):
            return False
        if now != stage:
            return True
        if stage == "training":
            return self.checkpoint >= progress
        stored = sum(int(words[1]) for words in self.events if words[0] == "stored")
        return len(before) + stored >= progress

    def _note(self, stage: str, before: dict[Sample, Row]) -> None:
        asked = [(words[1], int(words[2])) for words in self.events if words[0] == "asked"]
        self.attempts.append(Attempt(stage, before, self.rows(), asked, self.checkpoint))


def _weights(model: Path) -> Tensor:
    """All weights in a row."""
    tensors = load_file(model / "model.safetensors")
    return torch.cat([tensors[name].double().flatten() for name in sorted(tensors)])


@dataclass(frozen=True)
class Works:
    whole: Work
    killed: Work


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Works:
    """The same work without an interruption and with twenty."""
    whole, killed = (Work(tmp_path_factory.mktemp(name)) for name in ("whole", "killed"))
    whole.finish()
    rows = whole.attempts[0].after.values()
    taught = sum("teaching" in row for row in rows)
    spans = {"teaching": (0, taught), "exams": (taught, len(rows)), "training": (0, STEPS)}
    random = Random(0)
    for stage, kills in KILLS.items():
        first, end = spans[stage]
        # Not in the last tenth, or the stage may end before the kill.
        moments = sorted(random.uniform(first, end - 0.1 * (end - first)) for _ in range(kills))
        for moment in moments:
            killed.kill(stage, int(moment), random.uniform(0, 0.1))
    killed.finish()
    return Works(whole, killed)


def test_kills_hit_every_stage_and_all_parts_of_it(works: Works) -> None:
    *killed, last = works.killed.attempts
    counts = Counter(attempt.stage for attempt in killed)
    assert counts.total() == 20
    assert all(counts[stage] >= 5 for stage in stages.STAGES), counts
    assert len({len(attempt.after) for attempt in killed}) > 10
    assert len({attempt.checkpoint for attempt in killed}) > 3
    assert last.stage == ""


def test_what_is_stored_stays_as_it_is(works: Works) -> None:
    for attempt in works.killed.attempts:
        assert attempt.before.items() <= attempt.after.items()


def test_nothing_stored_is_asked_again_and_nothing_is_asked_twice(works: Works) -> None:
    for attempt in works.killed.attempts:
        assert not attempt.before.keys() & set(attempt.asked)
        assert len(attempt.asked) == len(set(attempt.asked))
        assert attempt.after.keys() <= attempt.before.keys() | set(attempt.asked)


def test_the_store_ends_with_the_rows_of_an_uninterrupted_run(works: Works) -> None:
    whole, killed = (work.attempts[-1].after for work in (works.whole, works.killed))
    assert len(whole) > 300
    without_time = [{sample: row[:-1] for sample, row in rows.items()} for rows in (whole, killed)]
    assert without_time[0] == without_time[1]


def test_the_tables_and_the_trained_model_are_those_of_an_uninterrupted_run(works: Works) -> None:
    for name in ("rationales", "exam_answers"):
        pd.testing.assert_frame_equal(works.killed.table(name), works.whole.table(name))
    # Now and then a sum of a training differs in its last bit.
    log = works.whole.table("training_log")
    pd.testing.assert_frame_equal(works.killed.table("training_log"), log, rtol=1e-3)
    whole, killed = works.whole.model, works.killed.model
    moved = torch.linalg.vector_norm(whole - _weights(stages.TEACHER))
    # A last bit in a checkpoint makes 1e-5 of this; Adam's first moment lost makes 0.3.
    assert torch.linalg.vector_norm(killed - whole) < 1e-3 * moved
