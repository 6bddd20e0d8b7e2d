"""Promises of the training on items: the answers are learned, whole, and nothing else."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from lbt.errors import LbtError
from lbt.generation import ModelSettings, identify_model, load_tokenizer
from lbt.prompts import PromptSettings
from lbt.training import FineTuningSettings, Training, TrainingSettings, items_that_fit, train_on_items
from lbt.training.examples import IGNORED, tokenize_items
from lbt.training.job import fingerprint_fine_tuning
from lbt.training.settings import SETTINGS_THAT_KEEP_THE_WEIGHTS
from lbt.training.work import checkpoint_step

from .conftest import make_pairs
from .test_train import equal_weights, weights

SETTINGS = FineTuningSettings(epochs=3, batch_size=8, learning_rate=1e-3, save_steps=4)
BATCH = 4
# tokens of (prompt, answer)
LENGTHS = [(9, 60), (20, 5), (7, 9), (15, 3), (30, 40), (6, 11), (12, 7)]

# Trains in a process of its own; argv: model, items, settings, work folder.
PROGRAM = """
import sys
import pandas as pd
from lbt.generation import ModelSettings
from lbt.prompts import PromptSettings
from lbt.training import FineTuningSettings, Training, train_on_items
model, items, settings, work = sys.argv[1:]
settings = FineTuningSettings.model_validate_json(settings)
training = Training(ModelSettings(path=model, device="cpu"), "target", PromptSettings(), settings, 0)
train_on_items(pd.read_json(items), training, work)
"""


def make_items(count: int) -> pd.DataFrame:
    pairs = make_pairs(count)
    return pd.DataFrame({"question": pairs["question"], "solution": pairs["chosen"], "finish_reason": "stop"})


def job(model: ModelSettings, settings: FineTuningSettings = SETTINGS) -> Training[FineTuningSettings]:
    return Training(model, "target", PromptSettings(), settings, 0, "instructor.training")


def first_epoch(
    model: ModelSettings, folder: Path, rows: int, accumulation: int
) -> tuple[list[dict[str, float]], list[list[Any]]]:
    """TRL's log and the gradients of every step, with a learning rate that moves nothing."""
    from torch.optim.optimizer import register_optimizer_step_pre_hook

    from lbt.training.sft import train_sft
    from lbt.training.trainee import load_trainee

    settings = FineTuningSettings(
        learning_rate=1e-12, epochs=1, batch_size=BATCH, gradient_accumulation=accumulation, gradient_clip=1e9
    )
    identity = identify_model(model, "target")
    training = job(model, settings)
    trainee = load_trainee(training, identity, load_tokenizer(identity))
    gradients: list[list[Any]] = []
    hook = register_optimizer_step_pre_hook(
        lambda optimizer, *_: gradients.append(
            [weight.grad.clone() for group in optimizer.param_groups for weight in group["params"]]
        )
    )
    try:
        _, history = train_sft(trainee, EXAMPLES[:rows], training, folder, None)
    finally:
        hook.remove()
    return [entry for entry in history if "loss" in entry], gradients


def example(seed: int, asked: int, answer: int) -> dict[str, list[int]]:
    ids = [(seed * 31 + place * 7) % 390 + 5 for place in range(asked + answer)]
    return {"input_ids": ids, "labels": [IGNORED] * asked + ids[asked:]}


EXAMPLES = [example(seed, *lengths) for seed, lengths in enumerate(LENGTHS)]


@pytest.mark.parametrize("rows", [4, 7], ids=["a whole batch", "and a short one of 3 items"])
def test_loss_and_gradients_do_not_depend_on_the_parts_of_a_batch(
    teacher: ModelSettings, tmp_path: Path, rows: int
) -> None:
    import torch

    whole, gradients = first_epoch(teacher, tmp_path / "1", rows, 1)
    assert len(whole) == len(gradients) == -(-rows // BATCH)
    for accumulation in (2, 4):
        split, split_gradients = first_epoch(teacher, tmp_path / str(accumulation), rows, accumulation)
        expected = [step["loss"] for step in whole]
        assert [step["loss"] for step in split] == pytest.approx(expected, rel=1e-5, abs=1e-5)
        for one, other in zip(gradients, split_gradients, strict=True):
            for expected_gradient, gradient in zip(one, other, strict=True):
                scale = float(expected_gradient.abs().max())
                torch.testing.assert_close(gradient, expected_gradient, rtol=1e-4, atol=1e-5 * scale)


def test_the_loss_is_the_mean_over_the_answers_tokens_alone(teacher: ModelSettings, tmp_path: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(teacher.path, dtype=torch.float32)
    told: list[float] = []
    for one, (asked, _) in zip(EXAMPLES[:4], LENGTHS, strict=False):
        ids = torch.tensor([one["input_ids"]])
        with torch.no_grad():
            log_probs = model(ids).logits[0, :-1].log_softmax(dim=-1)
        told += log_probs[torch.arange(ids.shape[1] - 1), ids[0, 1:]][asked - 1 :].tolist()
    [step], _ = first_epoch(teacher, tmp_path, 4, 1)
    assert step["loss"] == pytest.approx(-sum(told) / len(told), rel=1e-5)


def test_an_item_is_the_prompt_of_sampling_then_the_answer_and_the_end_of_a_turn_that_ended(
    teacher: ModelSettings,
) -> None:
    tokenizer = load_tokenizer(identify_model(teacher, "target"))
    items = make_items(2).assign(finish_reason=["stop", "length"])
    examples, too_long = tokenize_items(items, tokenizer, 1, PromptSettings(), 256)
    assert too_long == 0
    for one, row in zip(examples, items.to_dict("records"), strict=True):
        learned = [token for token in one["labels"] if token != IGNORED]
        asked = one["input_ids"][: -len(learned)]
        assert tokenizer.decode(asked) == f"<|user|>{row['question']}<|assistant|>"
        ended = "<end>" if row["finish_reason"] == "stop" else ""
        assert tokenizer.decode(learned) == row["solution"] + ended


def test_training_learns_the_answers_and_is_done_once(teacher: ModelSettings, tmp_path: Path) -> None:
    items = make_items(24)
    checkpoint, log, metrics = train_on_items(items, job(teacher), tmp_path)
    assert checkpoint.trained
    assert log["loss"].iloc[-1] < log["loss"].iloc[0]
    assert list(log.columns) == ["step", "epoch", "loss", "learning_rate", "grad_norm"]
    assert (metrics["training.items"], metrics["training.steps"]) == (24, 9)
    again, same_log, reused = train_on_items(items, job(teacher), tmp_path)
    assert reused["training.reused"] == 1
    assert again == checkpoint
    pd.testing.assert_frame_equal(same_log, log)


def test_lora_is_merged_into_an_ordinary_model(teacher: ModelSettings, tmp_path: Path) -> None:
    adapters = {"method": "lora", "lora_rank": 4, "epochs": 1, "learning_rate": 1e-2}
    settings = SETTINGS.model_copy(update=adapters)
    checkpoint, _, _ = train_on_items(make_items(16), job(teacher, settings), tmp_path)
    base, tuned = weights(teacher.path), weights(checkpoint.path)
    assert {name for name in base if not tuned[name].equal(base[name].float())} == {
        name for name in base if "_proj" in name
    }


def test_items_that_are_too_long_are_known_before_and_left_out(
    teacher: ModelSettings, tmp_path: Path
) -> None:
    items = make_items(10)
    items.loc[[2, 5], "solution"] = "again and " * 100
    training = job(teacher, SETTINGS.model_copy(update={"epochs": 1}))
    fit = items_that_fit(items, training)
    assert [row for row, fits in enumerate(fit) if not fits] == [2, 5]
    _, _, metrics = train_on_items(items, training, tmp_path)
    assert (metrics["training.items"], metrics["training.items_too_long"]) == (8, 2)
    none, _, _ = train_on_items(items.loc[[2, 5]], training, tmp_path)
    assert not none.trained
    assert "2 of them longer than 256 tokens (instructor.training.maximum_length)" in str(none.reason)


def test_no_items_leave_the_model_as_it_is(teacher: ModelSettings, tmp_path: Path) -> None:
    checkpoint, log, _ = train_on_items(make_items(1).iloc[:0], job(teacher), tmp_path)
    assert not checkpoint.trained
    assert log.empty


def test_a_loss_that_is_no_number_names_the_parameter_of_this_training(
    teacher: ModelSettings, tmp_path: Path
) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(teacher.path)
    model.get_input_embeddings().weight.data.fill_(float("nan"))
    model.save_pretrained(tmp_path / "broken")
    AutoTokenizer.from_pretrained(teacher.path).save_pretrained(tmp_path / "broken")
    broken = ModelSettings(path=str(tmp_path / "broken"), device="cpu")
    with pytest.raises(LbtError, match=r"loss is nan .* Lower instructor\.training\.learning_rate"):
        train_on_items(make_items(8), job(broken), tmp_path / "work")


def test_every_setting_declares_whether_it_changes_the_weights() -> None:
    others: dict[str, Any] = {
        "method": "lora", "learning_rate": 1e-5, "warmup_steps": 100, "epochs": 1, "batch_size": 8,
        "gradient_accumulation": 2, "adam_beta2": 0.999, "gradient_clip": 0.5, "maximum_length": 128,
        "lora_rank": 4, "lora_alpha": 8.0, "lora_target": ("q_proj",), "precision": "float32",
        "save_steps": 5, "processes": 2, "strategy": "fsdp", "launcher": "outer", "ray_address": "auto",
    }  # fmt: skip
    assert others.keys() == FineTuningSettings.model_fields.keys()
    model = ModelSettings(path="models/any")
    before = fingerprint_fine_tuning(make_items(3), job(model, FineTuningSettings()), "base")
    for name, value in others.items():
        settings = FineTuningSettings(**{name: value})
        changed = fingerprint_fine_tuning(make_items(3), job(model, settings), "base") != before
        assert changed == (name not in SETTINGS_THAT_KEEP_THE_WEIGHTS), name


def test_what_all_trainings_share_is_declared_once() -> None:
    shared = FineTuningSettings.model_fields.keys() & TrainingSettings.model_fields.keys()
    assert shared == FineTuningSettings.model_fields.keys() - {"warmup_steps"}


@pytest.mark.slow
def test_killed_training_resumes_with_the_same_result(teacher: ModelSettings, tmp_path: Path) -> None:
    settings = SETTINGS.model_copy(update={"epochs": 40, "learning_rate": 1e-4})
    items = make_items(24)
    whole, log, _ = train_on_items(items, job(teacher, settings), tmp_path / "whole")
    file, killed = tmp_path / "items.json", tmp_path / "killed"
    items.to_json(file)
    command = [sys.executable, "-c", PROGRAM, teacher.path, file, settings.model_dump_json(), killed]
    process = subprocess.Popen([str(part) for part in command], stderr=subprocess.DEVNULL)
    trainer = killed / whole.fingerprint / "trainer"
    while max(map(checkpoint_step, trainer.glob("checkpoint-*")), default=0) < 2 * settings.save_steps:
        assert process.poll() is None, "it ended before it wrote two checkpoints"
        time.sleep(0.002)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    resumed, same_log, metrics = train_on_items(items, job(teacher, settings), killed)
    assert 0 < metrics["training.resumed_step"] < metrics["training.steps"]
    assert equal_weights(resumed.path, whole.path)
    pd.testing.assert_frame_equal(same_log, log)
