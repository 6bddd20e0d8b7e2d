"""What makes two trainings the same training."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version

import pandas as pd

from lbt.prompts import PromptSettings
from lbt.training.settings import SETTINGS_THAT_KEEP_THE_WEIGHTS, TrainingSettings

PAIR_COLUMNS = ("question", "chosen", "rejected", "rejected_verdict")
"""The columns of the pairs table that training reads."""

_LIBRARIES = ("torch", "transformers", "trl", "peft")


def fingerprint_training(
    pairs: pd.DataFrame, base_identity: str, settings: TrainingSettings, prompts: PromptSettings, seed: int
) -> str:
    """Hash of what decides the weights: pairs, base model, settings, prompts, seed, library versions.

    Returns:
        16 hexadecimal digits, usable as a folder name.
    """
    content = {
        "pairs": pairs[list(PAIR_COLUMNS)].values.tolist(),
        "base": base_identity,
        "settings": settings.model_dump(mode="json", exclude=set(SETTINGS_THAT_KEEP_THE_WEIGHTS)),
        "prompts": prompts.model_dump(mode="json"),
        "seed": seed,
        "libraries": {name: version(name) for name in _LIBRARIES},
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
