"""Supervised fine-tuning with TRL. Imports torch: import this module inside functions."""

from __future__ import annotations

from pathlib import Path

from transformers import PreTrainedModel, PrinterCallback
from trl import SFTConfig

from datasets import Dataset
from lbt.training.examples import Example
from lbt.training.job import Training
from lbt.training.settings import FineTuningSettings
from lbt.training.together import as_dataset
from lbt.training.trainee import (
    Trainee,
    common_arguments,
    lora_of,
    on_hardware,
    training_on,
    tuned_model,
)
from lbt.training.trainer import AnswerTrainer, Progress, Watch


def train_sft(
    trainee: Trainee,
    examples: list[Example] | Dataset,
    training: Training[FineTuningSettings],
    trainer_folder: Path,
    checkpoint: Path | None,
) -> tuple[PreTrainedModel | None, list[dict[str, float]]]:
    """As `dpo.train_dpo`, on examples of `examples.tokenize_items`."""
    arguments = SFTConfig(**common_arguments(training, trainee, trainer_folder), packing=False)
    on_hardware(arguments, trainee.hardware)
    with training_on(trainee, training, trainer_folder, "items"):
        trainer = AnswerTrainer(
            model=trainee.model,
            args=arguments,
            train_dataset=as_dataset(examples),
            processing_class=trainee.tokenizer,
            peft_config=lora_of(training.settings),
            callbacks=[Watch(training.parameters), Progress()],
        )
        trainer.remove_callback(PrinterCallback)
        trainer.train(resume_from_checkpoint=None if checkpoint is None else str(checkpoint))
    return tuned_model(trainer, training.settings, trainee), trainer.state.log_history
