"""Promises of the training parameters and of the fingerprint over them."""

from typing import Any

import pandas as pd
import pytest
from pydantic import ValidationError

from lbt.generation import ModelSettings
from lbt.prompts import PromptSettings
from lbt.training import Training, TrainingSettings, job
from lbt.training.job import fingerprint_training
from lbt.training.settings import SETTINGS_THAT_KEEP_THE_WEIGHTS

OTHER_VALUES: dict[str, Any] = {
    "method": "lora",
    "beta": 0.1,
    "dpo_weight": 0.0,
    "sft_weight": 0.0,
    "learning_rate": 1e-5,
    "warmup_ratio": 0.0,
    "epochs": 1,
    "batch_size": 8,
    "gradient_accumulation": 2,
    "adam_beta2": 0.999,
    "gradient_clip": 0.5,
    "maximum_length": 128,
    "minimum_pairs": 2,
    "lora_rank": 4,
    "lora_alpha": 8.0,
    "lora_target": ("q_proj",),
    "precision": "float32",
    "save_steps": 5,
    "processes": 2,
    "strategy": "fsdp",
    "launcher": "outer",
    "ray_address": "auto",
}
DEFAULTS = TrainingSettings()


def fingerprint(
    pairs: pd.DataFrame,
    base: str = "base",
    settings: TrainingSettings = DEFAULTS,
    prompts: PromptSettings | None = None,
    seed: int = 0,
) -> str:
    model = ModelSettings(path="models/any")
    training = Training(model, "models.teacher", prompts or PromptSettings(), settings, seed)
    return fingerprint_training(pairs, training, base)


def test_every_setting_declares_whether_it_changes_the_weights(pairs: pd.DataFrame) -> None:
    assert OTHER_VALUES.keys() == TrainingSettings.model_fields.keys()
    for name, value in OTHER_VALUES.items():
        changed = fingerprint(pairs, settings=TrainingSettings(**{name: value})) != fingerprint(pairs)
        assert changed == (name not in SETTINGS_THAT_KEEP_THE_WEIGHTS), name


def test_fingerprint_covers_pairs_base_prompts_and_seed(pairs: pd.DataFrame) -> None:
    other_text = pairs.assign(chosen=pairs["chosen"].str.replace("####", "###"))
    fingerprints = [
        fingerprint(pairs),
        fingerprint(other_text),
        fingerprint(pairs[::-1]),
        fingerprint(pairs, base="other"),
        fingerprint(pairs, prompts=PromptSettings(prefill="Let's see.")),
        fingerprint(pairs, seed=1),
    ]
    assert len(set(fingerprints)) == len(fingerprints)


def test_a_model_that_other_rules_made_is_not_reused(
    pairs: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fingerprint(pairs)
    monkeypatch.setattr(job, "RULES", job.RULES + 1)
    assert fingerprint(pairs) != before


def test_fingerprint_covers_how_a_text_ended(pairs: pd.DataFrame) -> None:
    assert fingerprint(pairs.assign(rejected_finish_reason="length")) != fingerprint(pairs)


def test_fingerprint_ignores_columns_that_training_does_not_read(pairs: pd.DataFrame) -> None:
    assert fingerprint(pairs.assign(pair_id="x", margin=0.9)) == fingerprint(pairs)


@pytest.mark.parametrize(
    "wrong",
    [
        {"beta": 0},
        {"sft_weight": -1},
        {"learning_rate": 0},
        {"warmup_ratio": 1},
        {"epochs": 0},
        {"batch_size": 0},
        {"adam_beta2": 1},
        {"gradient_clip": 0},
        {"maximum_length": 0},
        {"method": "qlora"},
        {"lora_target": ()},
        {"lerning_rate": 1e-4},
    ],
)
def test_values_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        TrainingSettings(**wrong)


def test_accumulation_that_does_not_divide_the_batch_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"gradient_accumulation .3. must divide batch_size .16."):
        TrainingSettings(gradient_accumulation=3)
