"""Promises of `train_model` on a tiny real model."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from lbt.errors import LbtError
from lbt.generation import ModelSettings
from lbt.prompts import PromptSettings
from lbt.training import LOG_COLUMNS, Checkpoint, Training, TrainingSettings, train_model
from lbt.training.work import checkpoint_step

from .conftest import make_pairs

SETTINGS = TrainingSettings(epochs=3, batch_size=8, learning_rate=1e-3, save_steps=4, minimum_pairs=16)

# Trains in a process of its own; argv: model, pairs, settings, work folder, most bytes that a file may have.
PROGRAM = """
import json, resource, sys
import pandas as pd
from lbt.errors import LbtError
from lbt.generation import ModelSettings
from lbt.prompts import PromptSettings
from lbt.training import Training, TrainingSettings, train_model
model, pairs, settings, work, limit = sys.argv[1:]
resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
settings = TrainingSettings.model_validate_json(settings)
training = Training(ModelSettings(path=model, device="cpu"), "models.teacher", PromptSettings(), settings, 0)
try:
    _, log, metrics = train_model(pd.read_json(pairs), training, work)
except LbtError as error:
    sys.exit(str(error))
print(json.dumps({"torch": "torch" in sys.modules, "rows": len(log), **metrics}))
"""


@dataclass(frozen=True)
class Trained:
    work: Path
    checkpoint: Checkpoint
    log: pd.DataFrame
    metrics: dict[str, float]


def train(
    teacher: ModelSettings,
    work: Path,
    settings: TrainingSettings = SETTINGS,
    pairs: pd.DataFrame | None = None,
) -> Trained:
    rows = make_pairs(24) if pairs is None else pairs
    training = Training(teacher, "models.teacher", PromptSettings(), settings, 0)
    return Trained(work, *train_model(rows, training, work))


def program(
    teacher: ModelSettings, work: Path, settings: TrainingSettings, file_limit: int = -1
) -> list[str]:
    pairs = work.with_suffix(".json")
    make_pairs(24).to_json(pairs)
    arguments = [teacher.path, pairs, settings.model_dump_json(), work, file_limit]
    return [sys.executable, "-c", PROGRAM, *map(str, arguments)]


def weights(folder: Path | str) -> dict[str, Any]:
    from safetensors.torch import load_file

    return load_file(Path(folder) / "model.safetensors")


def equal_weights(one: Path, other: Path) -> bool:
    a, b = weights(one), weights(other)
    return a.keys() == b.keys() and all(a[name].equal(b[name]) for name in a)


@pytest.fixture(scope="module")
def trained(teacher: ModelSettings, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return train(teacher, tmp_path_factory.mktemp("work"))


def test_importing_the_package_does_not_import_torch() -> None:
    code = "import sys, lbt.training, lbt.datasets.checkpoint; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_tuned_teacher_is_an_ordinary_model_folder(trained: Trained, teacher: ModelSettings) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = trained.checkpoint.path
    model = AutoModelForCausalLM.from_pretrained(folder)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert model.dtype == torch.float32
    assert model.generation_config.eos_token_id == tokenizer.eos_token_id
    assert tokenizer.chat_template == AutoTokenizer.from_pretrained(teacher.path).chat_template
    assert weights(folder).keys() == weights(teacher.path).keys()


def test_training_prefers_the_chosen_rationales(trained: Trained) -> None:
    first, last = trained.log.iloc[0], trained.log.iloc[-1]
    assert last["loss"] < first["loss"]
    assert last["reward_margin"] > first["reward_margin"] == pytest.approx(0, abs=1e-4)
    assert last["reward_accuracy"] > 0.9
    assert last["logps_chosen"] > first["logps_chosen"]


def test_log_has_one_row_a_step_and_metrics_sum_it_up(trained: Trained) -> None:
    assert tuple(trained.log.columns) == LOG_COLUMNS
    assert set(trained.log.dtypes.astype(str)) == {"float64"}
    assert trained.log["step"].tolist() == list(range(1, 10))
    assert trained.log["learning_rate"].max() == pytest.approx(1e-3)
    expected = {
        "training.trained": 1,
        "training.reused": 0,
        "training.pairs": 24,
        "training.pairs_too_long": 0,
    }
    assert expected.items() <= trained.metrics.items()
    assert trained.metrics["training.steps"] == 9


def test_metrics_are_means_over_the_pairs_of_the_last_epoch(teacher: ModelSettings, tmp_path: Path) -> None:
    settings = SETTINGS.model_copy(update={"epochs": 2})
    result = train(teacher, tmp_path, settings, make_pairs(20))  # two batches of 8 and one of 4
    for name in ("loss", "reward_margin", "reward_accuracy", "logps_chosen", "logps_rejected"):
        steps = result.log[name].tolist()
        mean = (8 * steps[3] + 8 * steps[4] + 4 * steps[5]) / 20
        assert result.metrics[f"training.last_epoch.{name}"] == pytest.approx(mean)


def test_only_the_model_and_the_marker_remain(trained: Trained) -> None:
    folder = trained.work / trained.checkpoint.fingerprint
    assert sorted(path.name for path in folder.iterdir()) == ["complete.json", "model"]
    description = json.loads((folder / "model" / "training.json").read_text())
    assert description["fingerprint"] == trained.checkpoint.fingerprint
    assert TrainingSettings(**description["settings"]) == SETTINGS
    assert description["metrics"]["training.pairs"] == 24


def test_equal_inputs_give_equal_weights(trained: Trained, teacher: ModelSettings, tmp_path: Path) -> None:
    again = train(teacher, tmp_path)
    assert equal_weights(again.checkpoint.path, trained.checkpoint.path)
    assert again.log.equals(trained.log)
    assert again.checkpoint.fingerprint == trained.checkpoint.fingerprint


def test_complete_training_is_reused_without_torch(trained: Trained, teacher: ModelSettings) -> None:
    run = subprocess.run(program(teacher, trained.work, SETTINGS), check=True, capture_output=True, text=True)
    reused = json.loads(run.stdout)
    assert reused["training.reused"] == 1
    assert reused["training.last_epoch.loss"] == trained.metrics["training.last_epoch.loss"]
    assert reused["rows"] == 9
    assert not reused["torch"]


def test_nothing_is_sent_to_the_hub(
    teacher: ModelSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr("trl.trainer.base_trainer.send_telemetry", refuse)
    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.delenv("CI", raising=False)  # TRL pings nobody in CI
    assert train(teacher, tmp_path, SETTINGS.model_copy(update={"epochs": 1})).checkpoint.trained


@pytest.mark.slow
def test_killed_training_resumes_with_the_same_result(teacher: ModelSettings, tmp_path: Path) -> None:
    settings = SETTINGS.model_copy(update={"epochs": 40, "learning_rate": 1e-4})
    whole = train(teacher, tmp_path / "whole", settings)
    killed = tmp_path / "killed"
    process = subprocess.Popen(program(teacher, killed, settings), stderr=subprocess.DEVNULL)
    trainer = killed / whole.checkpoint.fingerprint / "trainer"
    # The first may be half-written when it is seen; once there is a second, one of the two is whole.
    while max(map(checkpoint_step, trainer.glob("checkpoint-*")), default=0) < 2 * settings.save_steps:
        assert process.poll() is None, "it ended before it wrote two checkpoints"
        time.sleep(0.002)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not list(killed.glob("*/complete.json"))
    resumed = train(teacher, killed, settings)
    assert 0 < resumed.metrics["training.resumed_step"] < resumed.metrics["training.steps"]
    assert whole.metrics["training.resumed_step"] == 0
    assert equal_weights(resumed.checkpoint.path, whole.checkpoint.path)
    pd.testing.assert_frame_equal(resumed.log, whole.log)


@pytest.mark.slow
def test_a_resumed_training_runs_on_as_many_threads_as_it_began_with(
    teacher: ModelSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one more or less some sums differ in their last bits, in a model of millions of parameters."""
    import torch

    from lbt.training import dpo
    from lbt.training.trainer import Watch

    threads: list[int] = []
    interrupted_after: list[int] = [4]

    class Interrupted(Watch):
        def on_save(self, args: Any, state: Any, *others: Any, **named: Any) -> None:
            super().on_save(args, state)
            threads.append(torch.get_num_threads())
            if state.global_step in interrupted_after:
                raise KeyboardInterrupt

    monkeypatch.setattr(dpo, "Watch", Interrupted)
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        with pytest.raises(KeyboardInterrupt):
            train(teacher, tmp_path)
        interrupted_after.clear()
        torch.set_num_threads(1)
        assert train(teacher, tmp_path).metrics["training.resumed_step"] == 4
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)
    assert set(threads) == {2}


@pytest.mark.slow
@pytest.mark.parametrize("limit", [100_000, 160_000], ids=["weights", "state of the optimizer"])
def test_a_disk_without_room_is_told_and_the_training_continues_when_there_is_room(
    trained: Trained, teacher: ModelSettings, tmp_path: Path, limit: int
) -> None:
    """A limit on the size of files fails as a full disk does, in the same places."""
    work = tmp_path / "work"
    run = subprocess.run(program(teacher, work, SETTINGS, limit), capture_output=True, text=True)
    assert run.returncode == 1
    message = run.stderr.replace("\r", "\n").splitlines()[-1]
    assert message.startswith("The training's state cannot be written to "), run.stderr
    assert "GB are free there. Free disk space and run the same command again" in message
    assert "Traceback" not in run.stderr
    resumed = train(teacher, work)
    assert equal_weights(resumed.checkpoint.path, trained.checkpoint.path)


def test_a_model_that_cannot_be_written_at_the_end_costs_no_step(
    trained: Trained, teacher: ModelSettings, tmp_path: Path
) -> None:
    obstacle = tmp_path / trained.checkpoint.fingerprint / "model.unfinished"
    obstacle.parent.mkdir()
    obstacle.touch()
    with pytest.raises(
        LbtError, match=r"The tuned model cannot be written to .*continues from its last whole"
    ):
        train(teacher, tmp_path)
    obstacle.unlink()
    again = train(teacher, tmp_path)
    assert again.metrics["training.resumed_step"] == again.metrics["training.steps"] == 9
    assert equal_weights(again.checkpoint.path, trained.checkpoint.path)
    pd.testing.assert_frame_equal(again.log, trained.log)


@pytest.mark.slow
def test_terminal_shows_progress_and_nothing_else(teacher: ModelSettings, tmp_path: Path) -> None:
    run = subprocess.run(
        program(teacher, tmp_path / "work", SETTINGS), check=True, capture_output=True, text=True
    )
    lines = [line for line in run.stderr.replace("\r", "\n").split("\n") if line.strip()]
    bars = ("training: ", "Computing reference log probs for train dataset: ")
    assert [line for line in lines if not line.startswith(bars)] == []
    assert any("9/9" in line for line in lines)


def test_lora_is_merged_into_an_ordinary_model(teacher: ModelSettings, tmp_path: Path) -> None:
    adapters = {"method": "lora", "lora_rank": 4, "epochs": 1, "learning_rate": 1e-2}
    lora = SETTINGS.model_copy(update=adapters)
    checkpoint = train(teacher, tmp_path, lora).checkpoint
    base, tuned = weights(teacher.path), weights(checkpoint.path)
    changed = {name for name in base if not tuned[name].equal(base[name].float())}
    assert tuned.keys() == base.keys()
    assert changed == {name for name in base if "_proj" in name}
    assert not (checkpoint.path / "adapter_config.json").exists()


def test_too_few_pairs_leave_the_teacher_as_it_is(teacher: ModelSettings, tmp_path: Path) -> None:
    result = train(teacher, tmp_path, pairs=make_pairs(3))
    assert not result.checkpoint.trained
    assert str(result.checkpoint.reason).startswith(
        "3 pairs were built and training needs at least 16 (training.minimum_pairs): raise teaching.samples"
    )
    assert result.log.empty
    assert tuple(result.log.columns) == LOG_COLUMNS
    assert result.metrics["training.trained"] == 0
    assert result.metrics["training.pairs"] == 3
    assert list(tmp_path.iterdir()) == []


def test_no_pairs_at_all_are_too_few(teacher: ModelSettings, tmp_path: Path) -> None:
    assert not train(teacher, tmp_path, pairs=make_pairs(3).iloc[:0]).checkpoint.trained


def test_pairs_that_are_too_long_are_not_trained_on(teacher: ModelSettings, tmp_path: Path) -> None:
    pairs = make_pairs(24)
    pairs.loc[:3, "chosen"] = "again and " * 100
    result = train(teacher, tmp_path, SETTINGS.model_copy(update={"epochs": 1}), pairs)
    assert result.metrics["training.pairs"] == 20
    assert result.metrics["training.pairs_too_long"] == 4
    pairs.loc[:12, "chosen"] = "again and " * 100
    too_few = train(teacher, tmp_path, pairs=pairs).checkpoint
    assert not too_few.trained
    assert "13 of them longer than 256 tokens (training.maximum_length)" in str(too_few.reason)


def test_loss_that_is_no_number_stops_the_training(teacher: ModelSettings, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(teacher.path)
    model.get_input_embeddings().weight.data.fill_(float("nan"))
    model.save_pretrained(tmp_path / "broken")
    AutoTokenizer.from_pretrained(teacher.path).save_pretrained(tmp_path / "broken")
    broken = ModelSettings(path=str(tmp_path / "broken"), device="cpu")
    with pytest.raises(LbtError, match=r"the loss is nan at step 1 of 9\. Lower training\.learning_rate"):
        train(broken, tmp_path / "work")
    assert not list(tmp_path.glob("work/*/complete.json"))
