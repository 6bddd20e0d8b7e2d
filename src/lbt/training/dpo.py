"""DPO with TRL. Imports torch: import this module inside functions."""

from __future__ import annotations

from pathlib import Path

from transformers import PreTrainedModel, PrinterCallback
from trl import DPOConfig

from datasets import Dataset
from lbt.training.examples import Example
from lbt.training.job import Training
from lbt.training.settings import TrainingSettings
from lbt.training.together import as_dataset
from lbt.training.trainee import (
    Hardware,
    Trainee,
    common_arguments,
    load_trainee,
    lora_of,
    on_hardware,
    training_on,
    tuned_model,
)
from lbt.training.trainer import PairTrainer, Progress, Watch

__all__ = ["Hardware", "Trainee", "load_trainee", "make_arguments", "train_dpo"]


def train_dpo(
    trainee: Trainee,
    examples: list[Example] | Dataset,
    training: Training[TrainingSettings],
    trainer_folder: Path,
    checkpoint: Path | None,
) -> tuple[PreTrainedModel | None, list[dict[str, float]]]:
    """Train a model, or continue its training from `checkpoint`; write checkpoints to `trainer_folder`.

    Returns:
        The tuned model with any adapter merged, None in a process that does not lead; and TRL's log, one
        entry a step, with those before an interruption.

    Raises:
        LbtError: The loss is no longer a number, the GPU's memory is too small, or the disk is full.
    """
    settings = training.settings
    arguments = make_arguments(training, trainee, trainer_folder)
    with training_on(trainee, training, trainer_folder, "pairs"):
        trainer = PairTrainer(
            dpo_weight=settings.dpo_weight,
            sft_weight=settings.sft_weight,
            model=trainee.model,
            ref_model=trainee.reference(),
            args=arguments,
            train_dataset=as_dataset(examples),
            processing_class=trainee.tokenizer,
            peft_config=lora_of(settings),
            callbacks=[Watch(training.parameters), Progress()],
        )
        trainer.ref_model = None  # its log-probabilities are known now
        trainer.remove_callback(PrinterCallback)
        trainer.train(resume_from_checkpoint=None if checkpoint is None else str(checkpoint))
    return tuned_model(trainer, settings, trainee), trainer.state.log_history


def make_arguments(training: Training[TrainingSettings], trainee: Trainee, folder: Path) -> DPOConfig:
    """Our settings and the machine in TRL's words."""
    arguments = DPOConfig(
        **common_arguments(training, trainee, folder),
        beta=training.settings.beta,
        loss_type=["sigmoid"],  # the NLL term is PairTrainer's
        precompute_ref_log_probs=True,
    )
    on_hardware(arguments, trainee.hardware)
    return arguments
