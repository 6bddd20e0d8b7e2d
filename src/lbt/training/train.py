"""Train a model: once per fingerprint, resumable, reusable."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from lbt.generation import identify_model
from lbt.training.checkpoint import Checkpoint
from lbt.training.job import Training
from lbt.training.launching import launch
from lbt.training.learning import Result, train_lesson, untrained
from lbt.training.lessons import Items, Lesson, Pairs
from lbt.training.settings import FineTuningSettings, TrainingSettings
from lbt.training.work import WorkFolder


def train_model(pairs: pd.DataFrame, training: Training[TrainingSettings], work_folder: Path) -> Result:
    """Tune a model by DPO on `pairs`, or say why not.

    A training that is complete in `work_folder` is returned without loading torch; an interrupted one
    continues from its last checkpoint, with the result that it would have had, on as many threads. Several
    processes give the weights of one but for rounding, and may continue what another number of them began.

    Args:
        pairs: Rows of the pairs table; `job.PAIR_COLUMNS` are read.
        training: Which model, and how.
        work_folder: Holds one folder per fingerprint, from run to run.

    Returns:
        The checkpoint; the training log with the columns `LOG_COLUMNS`, floats, one row a step,
        log-probabilities in nats, summed over a rationale's tokens and averaged over the batch; metrics named
        `training.*`, of which `training.last_epoch.*` are means over the pairs of the last epoch.

    Raises:
        LbtError: Training diverged, ran out of GPU memory, or could not write to the disk; one of several
            processes ended; or another launcher is to start them.
        ModelError: The model is unknown or unusable, or its chat template has no end of turn.
    """
    return _once(Pairs(pairs, training), work_folder)


def train_on_items(items: pd.DataFrame, training: Training[FineTuningSettings], work_folder: Path) -> Result:
    """Tune a model to give the answers of `items`, of which `job.ITEM_COLUMNS` are read; as `train_model`.

    The log has the step, the epoch, the loss, the learning rate and the norm of the gradient.
    """
    return _once(Items(items, training), work_folder)


def _once(lesson: Lesson, work_folder: Path) -> Result:
    training = lesson.training
    identity = identify_model(training.model, training.name)
    fingerprint = lesson.fingerprint(identity.identity)
    work = WorkFolder(Path(work_folder) / fingerprint)
    if len(lesson.rows) < training.settings.minimum_rows:
        return untrained(work, 0, lesson)
    finished = work.result()
    if finished is not None:
        work.drop_all_but_the_result()
        log, metrics = finished
        return Checkpoint(work.model, True, None, fingerprint), log, metrics | {"training.reused": 1.0}
    settings = training.settings
    if settings.processes == 1 and settings.launcher == "local":
        return train_lesson(lesson, identity, work)
    return launch(lesson, identity, work)
