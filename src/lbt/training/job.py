"""What is trained and how, and what makes two trainings the same training."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Generic, TypeVar

import pandas as pd

from lbt.generation import ModelSettings
from lbt.prompts import PromptSettings
from lbt.training.settings import (
    SETTINGS_THAT_KEEP_THE_WEIGHTS,
    FineTuningSettings,
    OptimisationSettings,
    TrainingSettings,
)

PAIR_COLUMNS = ("question", "chosen", "rejected", "chosen_finish_reason", "rejected_finish_reason")
"""The columns of the pairs table that training reads."""
ITEM_COLUMNS = ("question", "solution", "finish_reason")
"""The columns of a table of items that training reads."""

RULES = 2
"""Raise it with every change of this package that changes what is learned from the same pairs and settings,
or a corrected trainer would return the model of the old one. 2: the NLL term is a mean over sequences,
and an end of turn follows only a text that ended by itself."""
ITEM_RULES = 1
"""The same for items. 1: a mean over the answers' tokens of a batch."""

_LIBRARIES = ("torch", "transformers", "trl", "peft")

SettingsOf = TypeVar("SettingsOf", bound=OptimisationSettings, covariant=True)


@dataclass(frozen=True)
class Training(Generic[SettingsOf]):
    """A training of one model, apart from what it is trained on.

    Attributes:
        model: The model before the training; it is not changed.
        name: What messages call it, such as the key of its parameters, "models.teacher".
        prompts: Instruction and prefill that it was sampled with.
        settings: How to train; their class says what is learned from: pairs, or items.
        seed: The run's seed; equal inputs, seed and number of threads on a CPU give equal weights.
        parameters: The key of the settings, for messages.
    """

    model: ModelSettings
    name: str
    prompts: PromptSettings
    settings: SettingsOf
    seed: int
    parameters: str = "training"

    def describe(self) -> dict[str, Any]:
        """All but the names, JSON-ready."""
        return {
            "base": self.model.model_dump(mode="json", include={"path", "revision", "adapter"}),
            "settings": self.settings.model_dump(mode="json"),
            "prompts": self.prompts.model_dump(mode="json"),
            "seed": self.seed,
        }


def fingerprint_training(pairs: pd.DataFrame, training: Training[TrainingSettings], identity: str) -> str:
    """Hash of what decides the weights: pairs, base model, settings, prompts, seed, rules, libraries.

    Returns:
        16 hexadecimal digits, usable as a folder name.
    """
    return _hash({"rules": RULES, "pairs": pairs[list(PAIR_COLUMNS)].values.tolist()}, training, identity)


def fingerprint_fine_tuning(
    items: pd.DataFrame, training: Training[FineTuningSettings], identity: str
) -> str:
    """The same for a training on items."""
    rows = items[list(ITEM_COLUMNS)].values.tolist()
    return _hash({"item_rules": ITEM_RULES, "items": rows}, training, identity)


def _hash(lesson: dict[str, Any], training: Training[OptimisationSettings], identity: str) -> str:
    content = lesson | {
        "base": identity,
        "settings": training.settings.model_dump(mode="json", exclude=set(SETTINGS_THAT_KEEP_THE_WEIGHTS)),
        "prompts": training.prompts.model_dump(mode="json"),
        "seed": training.seed,
        "libraries": {name: version(name) for name in _LIBRARIES},
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
