"""Promises of a training over several processes: the model of one process, one account, and no orphan."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lbt.errors import LbtError
from lbt.generation import ModelSettings
from lbt.prompts import PromptSettings
from lbt.training import (
    Checkpoint,
    FineTuningSettings,
    Training,
    TrainingSettings,
    train_model,
    train_on_items,
)
from lbt.training.settings import shared_batch
from lbt.training.work import checkpoint_step

from .conftest import make_pairs
from .test_train import PROGRAM, weights

STUDENT = Path(__file__).parents[2] / "src/lbt/pocket/models/student_weak"
BOUND = 1e-5
"""How far the weights may be from those of one process, as a share of the way that training moved them.

In float32. A process that computes a batch in two parts is as far from one that computes it whole: sums are
added in another order, and Adam's first steps give a weight with hardly any gradient as much as any other.
"""
COMMON: dict[str, Any] = {"epochs": 2, "batch_size": 8, "precision": "float32", "learning_rate": 1e-3}

Result = tuple[Checkpoint, pd.DataFrame, dict[str, float]]


def dpo(work: Path, rows: int, model: ModelSettings | None = None, **changed: Any) -> Result:
    settings = TrainingSettings(**COMMON | {"minimum_pairs": 8} | changed)
    job = Training(model or student(), "models.teacher", PromptSettings(), settings, 0)
    return train_model(make_pairs(rows), job, work)


def sft(work: Path, rows: int, model: ModelSettings | None = None, **changed: Any) -> Result:
    pairs = make_pairs(rows)
    items = pd.DataFrame(
        {"question": pairs["question"], "solution": pairs["chosen"], "finish_reason": "stop"}
    )
    settings = FineTuningSettings(**COMMON | changed)
    job = Training(model or student(), "target", PromptSettings(), settings, 0, "instructor.training")
    return train_on_items(items, job, work)


def student() -> ModelSettings:
    return ModelSettings(path=str(STUDENT), device="cpu")


def apart(one: Checkpoint, other: Checkpoint, base: Path | str = STUDENT) -> float:
    """The distance of two tuned models over the distance of the first from the model before."""
    before, a, b = weights(base), weights(one.path), weights(other.path)
    assert a.keys() == b.keys() == before.keys()
    between = sum(float((a[name].double() - b[name].double()).square().sum()) for name in a)
    moved = sum(float((a[name].double() - before[name].double()).square().sum()) for name in a)
    return float((between / moved) ** 0.5)


def assert_same(together: Result, alone: Result, base: Path | str = STUDENT) -> None:
    assert together[0].fingerprint == alone[0].fingerprint
    assert apart(alone[0], together[0], base) < BOUND
    # The share of an epoch counts parts of batches, of which each process has fewer.
    log, expected = (result[1].drop(columns="epoch") for result in (together, alone))
    pd.testing.assert_frame_equal(log, expected, rtol=1e-4, atol=1e-6)


KINDS = [
    # one pair is left for the last batch of an epoch: a process has none of it
    pytest.param(dpo, 25, {}, id="dpo"),
    pytest.param(dpo, 27, {"method": "lora", "lora_rank": 4}, id="dpo with lora"),
    pytest.param(sft, 29, {"gradient_accumulation": 4}, id="sft in parts"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("train", "rows", "settings"), KINDS)
def test_two_processes_give_the_weights_of_one(
    teacher: ModelSettings,
    tmp_path: Path,
    train: Callable[..., Result],
    rows: int,
    settings: dict[str, Any],
) -> None:
    # Of the pocket's model the adapters' first steps depend on rounding more than the bound allows.
    model = teacher if "method" in settings else student()
    alone = train(tmp_path / "alone", rows, model, **settings)
    for strategy in ("ddp", "fsdp"):
        together = train(tmp_path / strategy, rows, model, **settings, processes=2, strategy=strategy)
        assert_same(together, alone, model.path)
        [folder] = (tmp_path / strategy).iterdir()
        assert sorted(path.name for path in folder.iterdir()) == ["complete.json", "model"]


@given(st.integers(1, 16), st.integers(1, 16), st.integers(1, 12))
def test_processes_share_a_batch_equally_and_hold_no_more_at_a_time_than_one_would(
    parts: int, size: int, processes: int
) -> None:
    batch = parts * size
    if batch % processes:
        with pytest.raises(ValueError, match=r"set batch_size to .*, or processes to \d+"):
            shared_batch(batch, parts, processes)
        return
    own_parts, own_size = shared_batch(batch, parts, processes)
    assert own_parts * own_size * processes == batch
    assert own_size <= size
    if processes == 1:
        assert (own_parts, own_size) == (parts, size)


def test_a_batch_that_processes_cannot_share_says_what_to_change() -> None:
    with pytest.raises(
        ValueError,
        match=r"batch_size \(16\) cannot be shared equally by 3 processes: set batch_size to 15 or 18",
    ):
        TrainingSettings(processes=3)


class Interrupted:
    """Ends a training in this process once it has written its first checkpoint."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from lbt.training import dpo as module
        from lbt.training.trainer import Watch

        class Ending(Watch):
            def on_save(self, args: Any, state: Any, *others: Any, **named: Any) -> None:
                super().on_save(args, state)
                raise KeyboardInterrupt

        monkeypatch.setattr(module, "Watch", Ending)


@pytest.mark.slow
@pytest.mark.parametrize("strategy", ["ddp", "fsdp"])
def test_what_one_process_began_two_continue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, strategy: str
) -> None:
    whole = dpo(tmp_path / "whole", 25)
    with monkeypatch.context() as patch:
        Interrupted(patch)
        with pytest.raises(KeyboardInterrupt):
            dpo(tmp_path / "begun", 25, save_steps=3)
    continued = dpo(tmp_path / "begun", 25, processes=2, strategy=strategy)
    assert continued[2]["training.resumed_step"] == 3
    assert_same(continued, whole)


def started(
    teacher: ModelSettings, work: Path, settings: TrainingSettings, limit: int = -1
) -> "subprocess.Popen[str]":
    """A program that trains on 27 pairs with several processes."""
    pairs = work.with_suffix(".json")
    make_pairs(27).to_json(pairs)
    arguments = [teacher.path, pairs, settings.model_dump_json(), work, limit]
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def processes_of(program: "subprocess.Popen[str]") -> dict[int, psutil.Process]:
    """The processes that train, by rank."""
    children = psutil.Process(program.pid).children(recursive=True)
    return {
        int(child.environ()["RANK"]): child for child in children if "lbt.training.worker" in child.cmdline()
    }


def wait_for_steps(program: "subprocess.Popen[str]", work: Path, step: int) -> dict[int, psutil.Process]:
    """The processes that train, once there is a checkpoint of that step."""
    while max(map(checkpoint_step, work.glob("*/trainer/checkpoint-*")), default=0) < step:
        assert program.poll() is None, program.communicate()
        time.sleep(0.01)
    return processes_of(program)


LONG = TrainingSettings(
    **COMMON | {"epochs": 40, "learning_rate": 1e-4}, minimum_pairs=8, save_steps=4, processes=2
)


@pytest.mark.slow
def test_a_killed_process_is_named_and_one_process_continues(teacher: ModelSettings, tmp_path: Path) -> None:
    work = tmp_path / "killed"
    program = started(teacher, work, LONG)
    team = wait_for_steps(program, work, 8)
    assert sorted(team) == [0, 1]
    team[1].kill()
    _, error = program.communicate(timeout=60)
    assert program.returncode == 1
    assert "Process 1 of the 2 that train together (0 to 1) was ended by SIGKILL, as the system" in error
    assert "Run the same command again: the training continues from its last whole checkpoint." in error
    assert "Traceback" not in error
    assert not [process for process in team.values() if process.is_running()]

    alone = LONG.model_copy(update={"processes": 1})
    job = Training(teacher, "models.teacher", PromptSettings(), alone, 0)
    resumed = train_model(make_pairs(27), job, work)
    assert 0 < resumed[2]["training.resumed_step"] < resumed[2]["training.steps"]
    assert_same(resumed, train_model(make_pairs(27), job, tmp_path / "whole"), teacher.path)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_whatever_ends_the_run_ends_its_processes(
    teacher: ModelSettings, tmp_path: Path, number: signal.Signals
) -> None:
    program = started(teacher, tmp_path / "work", LONG)
    team = wait_for_steps(program, tmp_path / "work", 4)
    os.kill(program.pid, number)
    program.communicate(timeout=60)
    assert program.returncode == -number
    _, alive = psutil.wait_procs(list(team.values()), timeout=30)
    assert alive == []


@pytest.mark.slow
def test_a_disk_without_room_is_told_as_by_one_process(teacher: ModelSettings, tmp_path: Path) -> None:
    program = started(teacher, tmp_path / "work", LONG, 100_000)
    _, error = program.communicate(timeout=300)
    message = error.replace("\r", "\n").splitlines()[-1]
    assert message.startswith("The training's state cannot be written to "), error
    assert "GB are free there. Free disk space and run the same command again" in message
    assert "Traceback" not in error


@pytest.mark.slow
def test_the_terminal_shows_one_progress_bar_and_nothing_else(teacher: ModelSettings, tmp_path: Path) -> None:
    program = started(teacher, tmp_path / "work", LONG.model_copy(update={"epochs": 2}))
    _, error = program.communicate(timeout=300)
    lines = [line for line in error.replace("\r", "\n").split("\n") if line.strip()]
    bars = ("training: ", "Computing reference log probs for train dataset: ")
    assert [line for line in lines if not line.startswith(bars)] == []
    assert len([line for line in lines if "8/8" in line and line.startswith("training")]) <= 2


@pytest.mark.slow
def test_too_few_pairs_are_told_as_by_one_process(teacher: ModelSettings, tmp_path: Path) -> None:
    settings: dict[str, Any] = {"maximum_length": 16, "model": teacher}
    alone = dpo(tmp_path / "alone", 9, **settings)
    together = dpo(tmp_path / "together", 9, **settings, processes=2)
    assert not together[0].trained
    assert together[0].reason == alone[0].reason
    assert together[2] == alone[2]


@pytest.mark.slow
def test_another_launcher_trains_the_same_model(teacher: ModelSettings, tmp_path: Path) -> None:
    work = tmp_path / "work"
    with pytest.raises(LbtError, match=r"Start its 2 processes .* torchrun --standalone") as told:
        dpo(work, 27, teacher, processes=2, launcher="outer")
    program = str(told.value).partition("torchrun ")[2].splitlines()[0].split()
    command = [sys.executable, "-m", "torch.distributed.run", *program]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    taken = dpo(work, 27, teacher, processes=2, launcher="outer")
    assert taken[2]["training.reused"] == 1
    assert apart(dpo(tmp_path / "alone", 27, teacher)[0], taken[0], teacher.path) < BOUND
