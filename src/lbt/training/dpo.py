"""DPO with TRL. Imports torch: import this module inside functions."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase, PrinterCallback
from trl import DPOConfig

from datasets import Dataset
from lbt.errors import LbtError
from lbt.generation.engines.transformers.hardware import choose_device
from lbt.generation.engines.transformers.loading import load_model
from lbt.training.examples import Example
from lbt.training.job import Training
from lbt.training.settings import TrainingSettings
from lbt.training.trainer import PairTrainer, Progress, Watch
from lbt.training.work import writing

if TYPE_CHECKING:
    from peft import LoraConfig

    from lbt.generation import ModelIdentity

_CHECKPOINTING_FROM_PARAMETERS = 500_000_000
"""Below this size activations fit, and recomputing them only costs time."""

_KEPT_FILES = (
    "generation_config.json",
    "tokenizer*",
    "chat_template*",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.*",
    "merges.txt",
    "*.model",
    "tekken.json",
)


@dataclass(frozen=True)
class Hardware:
    """What the training runs on, decided once from the machine and the settings."""

    device: torch.device
    bfloat16: bool

    @classmethod
    def choose(cls, training: Training) -> Hardware:
        """The model's device, a GPU by its number; bfloat16 where it is fast or asked for.

        Raises:
            ModelError: There is no such device.
        """
        device = choose_device(training.model.device, training.name)
        if device.type == "cuda":
            device = torch.device("cuda", device.index or 0)
        precision = training.settings.precision
        fast = device.type == "cuda" and torch.cuda.is_bf16_supported()
        return cls(device, fast if precision == "auto" else precision == "bfloat16")

    @property
    def gpu(self) -> bool:
        """Whether it is a GPU."""
        return self.device.type == "cuda"

    @contextmanager
    def chosen(self) -> Iterator[None]:
        """Make the GPU the one that is meant where none is named, as in TRL's own tensors."""
        with torch.cuda.device(self.device) if self.gpu else nullcontext():
            yield


@dataclass(frozen=True)
class Trainee:
    """A loaded model before its training, with what it is trained on."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    hardware: Hardware


def load_trainee(training: Training, identity: ModelIdentity, tokenizer: PreTrainedTokenizerBase) -> Trainee:
    """The base model: float32 if its weights are trained, bfloat16 if LoRA freezes them under autocast."""
    hardware = Hardware.choose(training)
    frozen_half = training.settings.method == "lora" and hardware.bfloat16
    model = load_model(
        identity,
        training.model.adapter,
        torch.bfloat16 if frozen_half else torch.float32,
        "sdpa" if hardware.gpu else "eager",
    )
    return Trainee(model, tokenizer, hardware)


def train_dpo(
    trainee: Trainee,
    examples: list[Example],
    training: Training,
    trainer_folder: Path,
    checkpoint: Path | None,
) -> tuple[PreTrainedModel, list[dict[str, float]]]:
    """Train a model, or continue its training from `checkpoint`; write checkpoints to `trainer_folder`.

    Returns:
        The tuned model with any adapter merged, and TRL's log, one entry a step, with those before an
        interruption.

    Raises:
        LbtError: The loss is no longer a number, the GPU's memory is too small, or the disk is full.
    """
    settings = training.settings
    arguments = make_arguments(training, trainee, trainer_folder)
    try:
        with trainee.hardware.chosen(), _threads_of(trainer_folder):
            trainer = PairTrainer(
                sft_weight=settings.sft_weight,
                model=trainee.model,
                args=arguments,
                train_dataset=Dataset.from_list(examples),
                processing_class=trainee.tokenizer,
                peft_config=_lora(settings) if settings.method == "lora" else None,
                callbacks=[Watch(), Progress()],
            )
            trainer.remove_callback(PrinterCallback)
            trainer.train(resume_from_checkpoint=None if checkpoint is None else str(checkpoint))
    except torch.OutOfMemoryError as error:
        raise LbtError(
            f"The GPU's memory is too small for {arguments.per_device_train_batch_size} pairs at a time. "
            "Raise training.gradient_accumulation, lower training.maximum_length, or train with LoRA."
        ) from error
    tuned: Any = trainer.accelerator.unwrap_model(trainer.model)
    return tuned.merge_and_unload() if settings.method == "lora" else tuned, trainer.state.log_history


def save_model(model: PreTrainedModel, base: Path, folder: Path) -> None:
    """Write an ordinary Hugging Face folder, in the precision of training so that no update is rounded away.

    Tokenizer, chat template and generation configuration are the base model's own files.
    """
    model.save_pretrained(folder)
    for pattern in _KEPT_FILES:
        for file in base.glob(pattern):
            shutil.copyfile(file, folder / file.name)


def make_arguments(training: Training, trainee: Trainee, folder: Path) -> DPOConfig:
    """Our settings and the machine in TRL's words."""
    settings, hardware = training.settings, trainee.hardware
    large = trainee.model.num_parameters() >= _CHECKPOINTING_FROM_PARAMETERS
    arguments = DPOConfig(
        output_dir=str(folder),
        beta=settings.beta,
        loss_type=["sigmoid"],  # the NLL term is PairTrainer's
        max_length=None,  # pairs that are too long were left out before
        precompute_ref_log_probs=True,
        learning_rate=settings.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=settings.warmup_ratio,
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch_size // settings.gradient_accumulation,
        gradient_accumulation_steps=settings.gradient_accumulation,
        adam_beta2=settings.adam_beta2,
        max_grad_norm=settings.gradient_clip,
        use_cpu=not hardware.gpu,
        bf16=hardware.bfloat16,
        gradient_checkpointing=hardware.gpu and large,
        dataloader_num_workers=0,
        dataloader_pin_memory=hardware.gpu,
        seed=training.seed,
        data_seed=training.seed,
        logging_steps=1,
        logging_nan_inf_filter=False,  # it would hide a diverged loss
        save_strategy="steps",
        save_steps=settings.save_steps,
        disable_tqdm=True,  # our own bar; TRL's prints every log entry
        report_to="none",
        push_to_hub=False,
    )
    if hardware.gpu:
        arguments._setup_devices = hardware.device  # the library knows the first GPU only
        arguments._n_gpu = 1  # one process trains on one GPU: TRL refuses nn.DataParallel
    return arguments


@contextmanager
def _threads_of(trainer_folder: Path) -> Iterator[None]:
    """As many threads as the training began with: with others its sums differ in their last bits."""
    file = trainer_folder / "threads"
    before = threads = torch.get_num_threads()
    if file.is_file():
        threads = int(file.read_text(encoding="utf-8"))
    else:
        with writing("the training's state", trainer_folder):
            trainer_folder.mkdir(parents=True, exist_ok=True)
            draft = file.with_suffix(".unfinished")
            draft.write_text(str(before), encoding="utf-8")
            os.replace(draft, file)
    # Also where it changes nothing: until then MKL may take fewer threads whenever it likes.
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _lora(settings: TrainingSettings) -> LoraConfig:
    from peft import LoraConfig, TaskType

    target = settings.lora_target if isinstance(settings.lora_target, str) else list(settings.lora_target)
    return LoraConfig(
        r=settings.lora_rank,
        lora_alpha=settings.lora_alpha,
        target_modules=target,
        task_type=TaskType.CAUSAL_LM,
    )
