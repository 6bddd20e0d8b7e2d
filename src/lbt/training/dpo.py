"""DPO with TRL. Imports torch: import this module inside functions."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from transformers import AutoModelForCausalLM, PreTrainedModel, PreTrainedTokenizerBase, PrinterCallback
from trl import DPOConfig

from datasets import Dataset
from lbt.errors import LbtError
from lbt.training.examples import Example
from lbt.training.settings import TrainingSettings
from lbt.training.trainer import PairTrainer, Progress, Watch

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
    """The base teacher: float32 if its weights are trained, bfloat16 if LoRA freezes them under autocast."""
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
    checkpoint: Path | None,
    seed: int,
) -> tuple[PreTrainedModel, list[dict[str, float]]]:
    """Train `model`, or continue its training from `checkpoint`; write checkpoints to `trainer_folder`.

    Returns:
        The tuned model with any adapter merged, and TRL's log, one entry a step, with those before an
        interruption.

    Raises:
        LbtError: The loss is no longer a number, or the GPU's memory is too small.
    """
    arguments = _arguments(settings, hardware, model.num_parameters(), trainer_folder, seed)
    try:
        trainer = PairTrainer(
            model=model,
            args=arguments,
            train_dataset=Dataset.from_list(examples),
            processing_class=tokenizer,
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

    Tokenizer, chat template and generation configuration are the base teacher's own files.
    """
    model.save_pretrained(folder)
    for pattern in _KEPT_FILES:
        for file in base.glob(pattern):
            shutil.copyfile(file, folder / file.name)


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
