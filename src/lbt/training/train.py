"""Train the teacher on its pairs: once per fingerprint, resumable, reusable."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pandas as pd

from lbt.generation import ModelIdentity, ModelSettings, identify_model, load_tokenizer
from lbt.prompts import PromptSettings, teaching_messages
from lbt.training.checkpoint import TRAINING_FILE, Checkpoint
from lbt.training.examples import end_of_turn_token, tokenize_pairs
from lbt.training.fingerprint import fingerprint_training
from lbt.training.settings import TrainingSettings
from lbt.training.work import LOG_COLUMNS, WorkFolder, checkpoint_step, latest_checkpoint, log_frame

Metrics = dict[str, float]
Result = tuple[Checkpoint, pd.DataFrame, Metrics]

_TRL_NAMES = {
    "reward_margin": "rewards/margins",
    "reward_accuracy": "rewards/accuracies",
    "logps_chosen": "logps/chosen",
    "logps_rejected": "logps/rejected",
}


def train_teacher(
    pairs: pd.DataFrame,
    teacher: ModelSettings,
    prompts: PromptSettings,
    settings: TrainingSettings,
    work_folder: Path,
    seed: int,
) -> Result:
    """Tune the teacher by DPO on `pairs`, or say why not.

    A training that is complete in `work_folder` is returned without loading torch; an interrupted one
    continues from its last checkpoint, with the result that it would have had.

    Args:
        pairs: Rows of the pairs table; `question`, `chosen`, `rejected` and `rejected_verdict` are read.
        teacher: The base model; it stays as it is.
        prompts: Instruction and prefill that the teacher was sampled with.
        settings: How to train.
        work_folder: Holds one folder per fingerprint, from run to run.
        seed: The run's seed; equal inputs and seed on a CPU give equal weights.

    Returns:
        The checkpoint; the training log with the columns `LOG_COLUMNS`, floats, one row a step,
        log-probabilities in nats, summed over a rationale's tokens and averaged over the batch; metrics named
        `training.*`.

    Raises:
        LbtError: Training diverged or ran out of GPU memory.
        ModelError: The teacher is unknown, or its chat template has no end of turn.
    """
    identity = identify_model(teacher, "models.teacher")
    fingerprint = fingerprint_training(pairs, identity.identity, settings, prompts, seed)
    work = WorkFolder(Path(work_folder) / fingerprint)
    if len(pairs) < settings.minimum_pairs:
        return _untrained(work, fingerprint, len(pairs), 0, settings)
    finished = work.result()
    if finished is not None:
        work.drop_trainer_state()
        log, metrics = finished
        return Checkpoint(work.model, True, None, fingerprint), log, metrics | {"training.reused": 1.0}
    return _train(pairs, teacher, prompts, settings, work, seed, identity, fingerprint)


def _train(
    pairs: pd.DataFrame,
    teacher: ModelSettings,
    prompts: PromptSettings,
    settings: TrainingSettings,
    work: WorkFolder,
    seed: int,
    identity: ModelIdentity,
    fingerprint: str,
) -> Result:
    from lbt.training import dpo
    from lbt.training.trainer import one_progress_bar

    with one_progress_bar():
        started = time.monotonic()
        hardware = dpo.Hardware.choose(teacher.device, settings)
        tokenizer = load_tokenizer(identity)
        model = dpo.load_model(identity, teacher.adapter, settings, hardware)
        end_of_turn = end_of_turn_token(
            tokenizer, model.generation_config, teaching_messages("question", prompts)
        )
        examples, too_long = tokenize_pairs(pairs, tokenizer, end_of_turn, prompts, settings.maximum_length)
        if len(examples) < settings.minimum_pairs:
            return _untrained(work, fingerprint, len(pairs), too_long, settings)
        checkpoint = latest_checkpoint(work.trainer)
        tuned, history = dpo.train_dpo(
            model, tokenizer, examples, settings, hardware, work.trainer, checkpoint, seed
        )
        log = _training_log(history)
        metrics = _metrics(log, len(examples), too_long)
        metrics["training.resumed_step"] = float(checkpoint_step(checkpoint)) if checkpoint else 0.0
        metrics["training.seconds"] = time.monotonic() - started
        description = _describe(teacher, prompts, settings, metrics, seed, identity, fingerprint)

        def save(folder: Path) -> None:
            dpo.save_model(tuned, Path(identity.folder), folder)
            (folder / TRAINING_FILE).write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")

        work.finish(save, log, metrics)
    return Checkpoint(work.model, True, None, fingerprint), log, metrics


def _describe(
    teacher: ModelSettings,
    prompts: PromptSettings,
    settings: TrainingSettings,
    metrics: Metrics,
    seed: int,
    identity: ModelIdentity,
    fingerprint: str,
) -> dict[str, object]:
    """What the tuned model is, kept beside its weights."""
    return {
        "fingerprint": fingerprint,
        "base": {
            "path": teacher.path,
            "revision": teacher.revision,
            "adapter": teacher.adapter,
            "identity": identity.identity,
        },
        "settings": settings.model_dump(mode="json"),
        "prompts": prompts.model_dump(mode="json"),
        "seed": seed,
        "metrics": metrics,
    }


def _untrained(
    work: WorkFolder, fingerprint: str, pairs: int, too_long: int, settings: TrainingSettings
) -> Result:
    left_out = f", {too_long} of them longer than {settings.maximum_length} tokens (training.maximum_length)"
    reason = (
        f"{pairs} pairs were built{left_out if too_long else ''} and training needs at least "
        f"{settings.minimum_pairs} (training.minimum_pairs): raise teaching.samples, lower "
        "preferences.margin, or choose problems that the teacher sometimes solves"
    )
    metrics = {"training.trained": 0.0, "training.reused": 0.0}
    metrics |= {"training.pairs": float(pairs - too_long), "training.pairs_too_long": float(too_long)}
    return Checkpoint(work.path, False, reason, fingerprint), log_frame({}), metrics


def _training_log(history: list[dict[str, float]]) -> pd.DataFrame:
    """TRL's log in our words; its last entry, a summary without a loss of a step, is left out."""
    steps = [entry for entry in history if "loss" in entry]
    return log_frame({name: [entry[_TRL_NAMES.get(name, name)] for entry in steps] for name in LOG_COLUMNS})


def _metrics(log: pd.DataFrame, pairs: int, too_long: int) -> Metrics:
    last = log.iloc[-1]
    return {
        "training.trained": 1.0,
        "training.reused": 0.0,
        "training.pairs": float(pairs),
        "training.pairs_too_long": float(too_long),
        "training.steps": float(last["step"]),
        "training.loss": float(last["loss"]),
        "training.reward_margin": float(last["reward_margin"]),
        "training.reward_accuracy": float(last["reward_accuracy"]),
        "training.logps_chosen": float(last["logps_chosen"]),
    }
