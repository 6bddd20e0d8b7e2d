"""The teacher learns from its pairs."""

import pandas as pd

from lbt import training as stage
from lbt.generation import ModelsSettings
from lbt.pipelines.parameters import Folder, Seed
from lbt.prompts import PromptSettings
from lbt.training import Checkpoint, Training, TrainingSettings

Outcome = dict[str, str]


def train_teacher(
    pairs: pd.DataFrame,
    models: ModelsSettings,
    prompts: PromptSettings,
    training: TrainingSettings,
    training_folder: Folder,
    seed: Seed,
    teacher_check: dict[str, bool],
) -> tuple[Checkpoint, pd.DataFrame, dict[str, float], Outcome]:
    """The tuned teacher, its training log and metrics, and whether there was enough to train on.

    The last input is a check that must have passed before a model is loaded.
    """
    job = Training(models.teacher, "models.teacher", prompts, training, seed.root)
    checkpoint, log, metrics = stage.train_model(pairs, job, training_folder.root)
    if checkpoint.trained:
        return checkpoint, log, metrics, {"outcome": "trained"}
    return checkpoint, log, metrics, {"outcome": "too_few_pairs", "outcome_reason": checkpoint.reason or ""}
