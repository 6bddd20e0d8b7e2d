"""DPO with TRL. The only module of this package that imports torch: import it inside functions."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch.utils.data import Sampler
from tqdm import tqdm
from transformers import (
    AutoModelForCausalLM,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PrinterCallback,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)
from transformers.utils import logging as transformers_logging
from trl import DPOConfig, DPOTrainer

from datasets import Dataset, are_progress_bars_disabled, disable_progress_bars, enable_progress_bars
from lbt.errors import LbtError
from lbt.training.batches import grouped_order
from lbt.training.examples import Example, pair_length
from lbt.training.settings import TrainingSettings
from lbt.training.work import drop_older_checkpoints, latest_checkpoint

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

    gpu: bool
    bfloat16: bool

    @classmethod
    def choose(cls, device: str, settings: TrainingSettings) -> Hardware:
        """Take a GPU where there is one, unless `device` is cpu; bfloat16 where it is fast or asked for."""
        gpu = device != "cpu" and torch.cuda.is_available()
        if settings.precision == "auto":
            return cls(gpu, gpu and torch.cuda.is_bf16_supported())
        return cls(gpu, settings.precision == "bfloat16")


def load_model(
    identity: ModelIdentity, adapter: str | None, settings: TrainingSettings, hardware: Hardware
) -> PreTrainedModel:
    """The base teacher: float32 if its weights are trained, bfloat16 if LoRA freezes them under autocast.

    Eager attention on a CPU, because the backward pass of the fused one is slower there.
    """
    local = identity.revision is None
    frozen_half = settings.method == "lora" and hardware.bfloat16
    model = AutoModelForCausalLM.from_pretrained(
        identity.folder if local else identity.path,
        revision=identity.revision,
        local_files_only=local,  # or a folder would be looked up on the hub
        dtype=torch.bfloat16 if frozen_half else torch.float32,
        attn_implementation="sdpa" if hardware.gpu else "eager",
    )
    if adapter is not None:
        from peft import PeftModel

        model = PeftModel.from_pretrained(model, adapter).merge_and_unload()
    return model


def train_dpo(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    examples: list[Example],
    settings: TrainingSettings,
    hardware: Hardware,
    trainer_folder: Path,
    seed: int,
) -> tuple[PreTrainedModel, list[dict[str, float]]]:
    """Train `model`, from the last checkpoint in `trainer_folder` if there is one.

    Returns:
        The tuned model with any adapter merged, and TRL's log, one entry a step, with those before an
        interruption.

    Raises:
        LbtError: The loss is no longer a number, or the GPU's memory is too small.
    """
    arguments = _arguments(settings, hardware, model.num_parameters(), trainer_folder, seed)
    trainer = _PairTrainer(
        model=model,
        args=arguments,
        train_dataset=Dataset.from_list(examples),
        processing_class=tokenizer,
        peft_config=_lora(settings) if settings.method == "lora" else None,
        callbacks=[_Watch(settings), _Progress()],
    )
    trainer.remove_callback(PrinterCallback)
    checkpoint = latest_checkpoint(trainer_folder)
    try:
        trainer.train(resume_from_checkpoint=None if checkpoint is None else str(checkpoint))
    except torch.OutOfMemoryError as error:
        raise LbtError(
            f"The GPU's memory is too small for {arguments.per_device_train_batch_size} pairs at a time. Raise "
            "training.gradient_accumulation, lower training.maximum_length, or set training.method: lora."
        ) from error
    tuned: Any = trainer.accelerator.unwrap_model(trainer.model)
    return tuned.merge_and_unload() if settings.method == "lora" else tuned, trainer.state.log_history


def save_model(model: PreTrainedModel, base: Path, folder: Path) -> None:
    """Write an ordinary Hugging Face folder, in the precision of training so that no update is rounded away.

    Tokenizer, chat template and generation configuration are the base teacher's own files.
    """
    model.save_pretrained(folder)
    for pattern in _KEPT_FILES:
        for file in base.glob(pattern):
            shutil.copyfile(file, folder / file.name)


@contextmanager
def one_progress_bar() -> Iterator[None]:
    """Without the bars of transformers and datasets for loading weights, writing shards and mapping rows."""
    transformers_had, datasets_had = (
        transformers_logging.is_progress_bar_enabled(),
        not are_progress_bars_disabled(),
    )
    transformers_logging.disable_progress_bar()
    disable_progress_bars()
    try:
        yield
    finally:
        if transformers_had:
            transformers_logging.enable_progress_bar()
        if datasets_had:
            enable_progress_bars()


class _PairTrainer(DPOTrainer):
    """TRL's trainer on tokens of our own making, which are those of sampling (see `examples`)."""

    def _prepare_dataset(self, dataset: Dataset, *_: Any) -> Dataset:
        return dataset

    def _get_train_sampler(self, train_dataset: Dataset | None = None) -> Sampler[int]:
        dataset = self.train_dataset if train_dataset is None else train_dataset
        lengths = [pair_length(row) for row in dataset]
        batch_size = self.args.per_device_train_batch_size * self.args.gradient_accumulation_steps
        return _GroupedSampler(lengths, batch_size, self.args.seed)


class _GroupedSampler(Sampler[int]):
    """`grouped_order` for torch; the trainer sets the epoch."""

    def __init__(self, lengths: list[int], batch_size: int, seed: int) -> None:
        self._lengths, self._batch_size, self._seed = lengths, batch_size, seed
        self._epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Called by the data loader before each epoch."""
        self._epoch = epoch

    def __iter__(self) -> Iterator[int]:
        return iter(grouped_order(self._lengths, self._batch_size, self._seed, self._epoch))

    def __len__(self) -> int:
        return len(self._lengths)


class _Watch(TrainerCallback):
    """Stop at a loss that is no number; keep only the newest checkpoint."""

    def __init__(self, settings: TrainingSettings) -> None:
        self._settings = settings

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, float] | None = None,
        **_: Any,
    ) -> None:
        values = logs or {}
        for name in ("loss", "grad_norm"):
            if not math.isfinite(values.get(name, 0.0)):
                raise LbtError(
                    f"Training diverged: the {name} is {values[name]} at step {state.global_step} of "
                    f"{state.max_steps}. Lower training.learning_rate (now {self._settings.learning_rate:g}), "
                    "raise training.warmup_ratio, or set training.precision: float32."
                )

    def on_save(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        drop_older_checkpoints(Path(str(args.output_dir)))


class _Progress(TrainerCallback):
    """One progress bar with a rate and an end time."""

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        self._bar = tqdm(total=state.max_steps, initial=state.global_step, desc="training", unit="step")

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, float] | None = None,
        **_: Any,
    ) -> None:
        if logs and "loss" in logs:
            self._bar.set_postfix(loss=f"{logs['loss']:.3f}", refresh=False)
            self._bar.update(state.global_step - self._bar.n)

    def on_train_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        self._bar.close()


def _arguments(
    settings: TrainingSettings, hardware: Hardware, parameters: int, folder: Path, seed: int
) -> DPOConfig:
    arguments = DPOConfig(
        output_dir=str(folder),
        beta=settings.beta,
        loss_type=["sigmoid", "sft"] if settings.sft_weight else ["sigmoid"],
        loss_weights=[1.0, settings.sft_weight] if settings.sft_weight else None,
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
        gradient_checkpointing=hardware.gpu and parameters >= _CHECKPOINTING_FROM_PARAMETERS,
        dataloader_num_workers=0,
        dataloader_pin_memory=hardware.gpu,
        seed=seed,
        data_seed=seed,
        logging_steps=1,
        logging_nan_inf_filter=False,  # it would hide a diverged loss
        save_strategy="steps",
        save_steps=settings.save_steps,
        disable_tqdm=True,  # our own bar; TRL's prints every log entry
        report_to="none",
        push_to_hub=False,
    )
    if arguments.n_gpu > 1:
        arguments._n_gpu = 1  # one process trains on one GPU: TRL refuses nn.DataParallel
    return arguments


def _lora(settings: TrainingSettings) -> LoraConfig:
    from peft import LoraConfig, TaskType

    target = settings.lora_target if isinstance(settings.lora_target, str) else list(settings.lora_target)
    return LoraConfig(
        r=settings.lora_rank,
        lora_alpha=settings.lora_alpha,
        target_modules=target,
        task_type=TaskType.CAUSAL_LM,
    )
