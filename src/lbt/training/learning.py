"""One training from its base model to its tuned one, in this process alone or as one of several."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lbt.generation import ModelIdentity, load_tokenizer
from lbt.prompts import teaching_messages
from lbt.sharing import card_of_training
from lbt.training.checkpoint import TRAINING_FILE, Checkpoint
from lbt.training.examples import end_of_turn_token
from lbt.training.lessons import History, Lesson
from lbt.training.team import ALONE, Team
from lbt.training.work import WorkFolder, checkpoint_step, latest_checkpoint, log_frame

Metrics = dict[str, float]
Result = tuple[Checkpoint, pd.DataFrame, Metrics]


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
                return untrained(work, len(lesson.rows) - len(examples), lesson)
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


def untrained(work: WorkFolder, too_long: int, lesson: Lesson) -> Result:
    """Say why nothing is learned."""
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
