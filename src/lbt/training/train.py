"""Train a model: once per fingerprint, resumable, reusable."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lbt.generation import ModelIdentity, identify_model, load_tokenizer
from lbt.prompts import teaching_messages
from lbt.sharing import card_of_training
from lbt.training.checkpoint import TRAINING_FILE, Checkpoint
from lbt.training.examples import end_of_turn_token
from lbt.training.job import Training
from lbt.training.launching import launch
from lbt.training.lessons import History, Items, Lesson, Pairs
from lbt.training.settings import FineTuningSettings, TrainingSettings
from lbt.training.team import ALONE, Team
from lbt.training.work import WorkFolder, checkpoint_step, latest_checkpoint, log_frame

Metrics = dict[str, float]
Result = tuple[Checkpoint, pd.DataFrame, Metrics]


def train_model(pairs: pd.DataFrame, training: Training[TrainingSettings], work_folder: Path) -> Result:
    """Tune a model by DPO on `pairs`, or say why not.

    A training that is complete in `work_folder` is returned without loading torch; an interrupted one
    continues from its last checkpoint, with the result that it would have had, on as many threads.

    Args:
        pairs: Rows of the pairs table; `job.PAIR_COLUMNS` are read.
        training: Which model, and how.
        work_folder: Holds one folder per fingerprint, from run to run.

    Returns:
        The checkpoint; the training log with the columns `LOG_COLUMNS`, floats, one row a step,
        log-probabilities in nats, summed over a rationale's tokens and averaged over the batch; metrics named
        `training.*`, of which `training.last_epoch.*` are means over the pairs of the last epoch.

    Raises:
        LbtError: Training diverged, ran out of GPU memory, or could not write to the disk.
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
        return _untrained(work, 0, lesson)
    finished = work.result()
    if finished is not None:
        work.drop_trainer_state()
        log, metrics = finished
        return Checkpoint(work.model, True, None, fingerprint), log, metrics | {"training.reused": 1.0}
    settings = training.settings
    if settings.processes == 1 and settings.launcher == "local":
        return train_lesson(lesson, identity, work)
    return launch(lesson, identity, work)


def train_lesson(lesson: Lesson, identity: ModelIdentity, work: WorkFolder, team: Team = ALONE) -> Result:
    """Train in this process, alone or as one of a team, of which the leading one writes the tuned model."""
    from lbt.training.together import agreed, meeting, shared_examples
    from lbt.training.trainee import load_trainee
    from lbt.training.trainer import one_progress_bar

    started = time.monotonic()
    with one_progress_bar():
        training = lesson.training
        tokenizer = load_tokenizer(identity)
        trainee = load_trainee(training, identity, tokenizer, team)
        end_of_turn = end_of_turn_token(
            tokenizer, trainee.model.generation_config, teaching_messages("question", training.prompts)
        )
        with meeting(trainee.hardware) as others:
            examples = shared_examples(
                lambda: lesson.tokenize(tokenizer, end_of_turn)[0], work.trainer, others
            )
            if len(examples) < training.settings.minimum_rows:
                return _untrained(work, len(lesson.rows) - len(examples), lesson)
            checkpoint = agreed(lambda: latest_checkpoint(work.trainer), others)
            tuned, history = lesson.train(trainee, examples, work.trainer, checkpoint)
        log = _training_log(history, lesson)
        metrics = {
            "training.trained": 1.0,
            "training.reused": 0.0,
            f"training.{lesson.unit}": float(len(examples)),
            f"training.{lesson.unit}_too_long": float(len(lesson.rows) - len(examples)),
            "training.steps": float(log["step"].iloc[-1]),
            "training.resumed_step": float(checkpoint_step(checkpoint)) if checkpoint else 0.0,
            "training.seconds": time.monotonic() - started,
        } | _last_epoch(log, len(examples), lesson)
        if team.leads:
            _finish(lesson, identity, work, tuned, log, metrics)
    return Checkpoint(work.model, True, None, work.path.name), log, metrics


def _finish(
    lesson: Lesson, identity: ModelIdentity, work: WorkFolder, tuned: Any, log: pd.DataFrame, metrics: Metrics
) -> None:
    """Write the tuned model, and with it what it is."""
    from lbt.training.trainee import save_model

    description = lesson.training.describe() | {"fingerprint": work.path.name, "metrics": metrics}
    description["base"]["identity"] = identity.identity

    def save(folder: Path) -> None:
        save_model(tuned, Path(identity.folder), folder)
        (folder / TRAINING_FILE).write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")
        (folder / "README.md").write_text(card_of_training(description), encoding="utf-8")

    work.finish(save, log, metrics)


def _untrained(work: WorkFolder, too_long: int, lesson: Lesson) -> Result:
    training, count, unit = lesson.training, len(lesson.rows), lesson.unit
    left_out = (
        f", {too_long} of them longer than {training.settings.maximum_length} tokens "
        f"({training.parameters}.maximum_length)"
    )
    reason = f"{count} {unit} were built{left_out if too_long else ''} and {lesson.advice()}"
    metrics = {"training.trained": 0.0, "training.reused": 0.0}
    metrics |= {f"training.{unit}": float(count - too_long), f"training.{unit}_too_long": float(too_long)}
    return Checkpoint(work.path, False, reason, work.path.name), log_frame({}, tuple(lesson.log)), metrics


def _training_log(history: History, lesson: Lesson) -> pd.DataFrame:
    """TRL's log in our words; its last entry, a summary without a loss of a step, is left out."""
    steps = [entry for entry in history if "loss" in entry]
    columns = {name: [entry[theirs] for entry in steps] for name, theirs in lesson.log.items()}
    return log_frame(columns, tuple(lesson.log))


def _last_epoch(log: pd.DataFrame, rows: int, lesson: Lesson) -> Metrics:
    """Means over the rows of the last epoch, each as the model was when it came to it."""
    batch_size = lesson.training.settings.batch_size
    steps = math.ceil(rows / batch_size)
    sizes = [batch_size] * (steps - 1) + [rows - batch_size * (steps - 1)]
    last = log.tail(steps)
    return {
        f"training.last_epoch.{name}": float(np.average(last[name], weights=sizes))
        for name in lesson.averaged
    }
