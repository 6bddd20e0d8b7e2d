"""Train a model on pairs: once per fingerprint, resumable, reusable."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path

import numpy as np
import pandas as pd

from lbt.generation import ModelIdentity, identify_model, load_tokenizer
from lbt.prompts import teaching_messages
from lbt.training.checkpoint import TRAINING_FILE, Checkpoint
from lbt.training.examples import end_of_turn_token, tokenize_pairs
from lbt.training.job import Training, fingerprint_training
from lbt.training.work import LOG_COLUMNS, WorkFolder, checkpoint_step, latest_checkpoint, log_frame

Metrics = dict[str, float]
Result = tuple[Checkpoint, pd.DataFrame, Metrics]

_TRL_NAMES = {
    "reward_margin": "rewards/margins",
    "reward_accuracy": "rewards/accuracies",
    "logps_chosen": "logps/chosen",
    "logps_rejected": "logps/rejected",
}
_AVERAGED = ("loss", *_TRL_NAMES)


def train_model(pairs: pd.DataFrame, training: Training, work_folder: Path) -> Result:
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
    identity = identify_model(training.model, training.name)
    fingerprint = fingerprint_training(pairs, training, identity.identity)
    work = WorkFolder(Path(work_folder) / fingerprint)
    if len(pairs) < training.settings.minimum_pairs:
        return _untrained(work, len(pairs), 0, training)
    finished = work.result()
    if finished is not None:
        work.drop_trainer_state()
        log, metrics = finished
        return Checkpoint(work.model, True, None, fingerprint), log, metrics | {"training.reused": 1.0}
    return _train(pairs, training, identity, work)


def _train(pairs: pd.DataFrame, training: Training, identity: ModelIdentity, work: WorkFolder) -> Result:
    from lbt.training import dpo
    from lbt.training.trainer import one_progress_bar

    with one_progress_bar():
        started = time.monotonic()
        settings = training.settings
        tokenizer = load_tokenizer(identity)
        trainee = dpo.load_trainee(training, identity, tokenizer)
        end_of_turn = end_of_turn_token(
            tokenizer, trainee.model.generation_config, teaching_messages("question", training.prompts)
        )
        examples, too_long = tokenize_pairs(
            pairs, tokenizer, end_of_turn, training.prompts, settings.maximum_length
        )
        if len(examples) < settings.minimum_pairs:
            return _untrained(work, len(pairs), too_long, training)
        checkpoint = latest_checkpoint(work.trainer)
        tuned, history = dpo.train_dpo(trainee, examples, training, work.trainer, checkpoint)
        log = _training_log(history)
        metrics = {
            "training.trained": 1.0,
            "training.reused": 0.0,
            "training.pairs": float(len(examples)),
            "training.pairs_too_long": float(too_long),
            "training.steps": float(log["step"].iloc[-1]),
            "training.resumed_step": float(checkpoint_step(checkpoint)) if checkpoint else 0.0,
            "training.seconds": time.monotonic() - started,
        } | _last_epoch(log, len(examples), settings.batch_size)
        description = training.describe() | {"fingerprint": work.path.name, "metrics": metrics}
        description["base"]["identity"] = identity.identity

        def save(folder: Path) -> None:
            dpo.save_model(tuned, Path(identity.folder), folder)
            (folder / TRAINING_FILE).write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")

        work.finish(save, log, metrics)
    return Checkpoint(work.model, True, None, work.path.name), log, metrics


def _untrained(work: WorkFolder, pairs: int, too_long: int, training: Training) -> Result:
    settings = training.settings
    left_out = f", {too_long} of them longer than {settings.maximum_length} tokens (training.maximum_length)"
    reason = (
        f"{pairs} pairs were built{left_out if too_long else ''} and training needs at least "
        f"{settings.minimum_pairs} (training.minimum_pairs): raise teaching.samples, lower "
        "preferences.margin, or choose problems that the model sometimes solves"
    )
    metrics = {"training.trained": 0.0, "training.reused": 0.0}
    metrics |= {"training.pairs": float(pairs - too_long), "training.pairs_too_long": float(too_long)}
    return Checkpoint(work.path, False, reason, work.path.name), log_frame({}), metrics


def _training_log(history: list[dict[str, float]]) -> pd.DataFrame:
    """TRL's log in our words; its last entry, a summary without a loss of a step, is left out."""
    steps = [entry for entry in history if "loss" in entry]
    return log_frame({name: [entry[_TRL_NAMES.get(name, name)] for entry in steps] for name in LOG_COLUMNS})


def _last_epoch(log: pd.DataFrame, pairs: int, batch_size: int) -> Metrics:
    """Means over the pairs of the last epoch, each as the model was when it came to it."""
    steps = math.ceil(pairs / batch_size)
    sizes = [batch_size] * (steps - 1) + [pairs - batch_size * (steps - 1)]
    last = log.tail(steps)
    return {f"training.last_epoch.{name}": float(np.average(last[name], weights=sizes)) for name in _AVERAGED}
