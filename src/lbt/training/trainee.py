"""A loaded model and the machine that trains it. Imports torch: import this module inside functions."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from transformers import AutoModelForCausalLM, PreTrainedModel, PreTrainedTokenizerBase

from lbt.errors import LbtError, ModelError
from lbt.generation.engines.transformers.hardware import choose_device
from lbt.generation.engines.transformers.loading import load_model
from lbt.training.job import Training
from lbt.training.settings import OptimisationSettings, shared_batch
from lbt.training.team import ALONE, Team
from lbt.training.work import latest_checkpoint, writing

if TYPE_CHECKING:
    from peft import LoraConfig
    from transformers import TrainingArguments

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
    team: Team = ALONE

    @classmethod
    def choose(cls, training: Training[OptimisationSettings], team: Team = ALONE) -> Hardware:
        """The model's device, a GPU by its number; bfloat16 where it is fast or asked for.

        Raises:
            ModelError: There is no such device, or no GPU is left for this one of several processes.
        """
        device = choose_device(training.model.device, training.name)
        if device.type == "cuda":
            device = torch.device("cuda", _number_of_gpu(device, training, team))
        precision = training.settings.precision
        fast = device.type == "cuda" and torch.cuda.is_bf16_supported()
        return cls(device, fast if precision == "auto" else precision == "bfloat16", team)

    @property
    def gpu(self) -> bool:
        """Whether it is a GPU."""
        return self.device.type == "cuda"

    @contextmanager
    def chosen(self) -> Iterator[None]:
        """Make the GPU the one that is meant where none is named, as in TRL's own tensors."""
        with torch.cuda.device(self.device) if self.gpu else nullcontext():
            yield


def _number_of_gpu(device: torch.device, training: Training[OptimisationSettings], team: Team) -> int:
    if team.size == 1:
        return device.index or 0
    if device.index is not None:
        raise ModelError(
            f"{training.name}: device '{device}' names one GPU, but {training.parameters}.processes is "
            f"{team.size} and each takes one of its own. Set its 'device' to cuda or auto."
        )
    if team.local_rank >= torch.cuda.device_count():
        raise ModelError(
            f"{training.name}: process {team.rank} of {team.size} finds no GPU of its own; this machine has "
            f"{torch.cuda.device_count()}. Set {training.parameters}.processes to as many as there are, and "
            f"raise {training.parameters}.gradient_accumulation if their memory is too small."
        )
    return team.local_rank


@dataclass(frozen=True)
class Trainee:
    """A loaded model before its training, with what it is trained on.

    Attributes:
        model: The base model.
        tokenizer: Its tokenizer.
        hardware: What it is trained on.
        load: Loads the base model once more.
    """

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    hardware: Hardware
    load: Callable[[], PreTrainedModel] | None = None

    def reference(self) -> PreTrainedModel | None:
        """The base model once more, where the one that is trained is shared out before TRL has used it."""
        return self.load() if self.hardware.team.sharded and self.load is not None else None


def load_trainee(
    training: Training[OptimisationSettings],
    identity: ModelIdentity,
    tokenizer: PreTrainedTokenizerBase,
    team: Team = ALONE,
) -> Trainee:
    """The base model: float32 if its weights are trained, bfloat16 if LoRA freezes them under autocast."""
    hardware = Hardware.choose(training, team)
    frozen_half = training.settings.method == "lora" and hardware.bfloat16

    def load() -> PreTrainedModel:
        return load_model(
            identity,
            training.model.adapter,
            torch.bfloat16 if frozen_half else torch.float32,
            "sdpa" if hardware.gpu else "eager",
        )

    return Trainee(load(), tokenizer, hardware, load)


def common_arguments(
    training: Training[OptimisationSettings], trainee: Trainee, folder: Path
) -> dict[str, Any]:
    """What all trainings tell TRL: our settings and the machine in its words."""
    settings, hardware = training.settings, trainee.hardware
    large = trainee.model.num_parameters() >= _CHECKPOINTING_FROM_PARAMETERS
    parts, size = shared_batch(settings.batch_size, settings.gradient_accumulation, hardware.team.size)
    recomputes = hardware.gpu and large
    return {
        "output_dir": str(folder),
        "max_length": None,  # what is too long was left out before
        "learning_rate": settings.learning_rate,
        "lr_scheduler_type": "cosine",
        "warmup_steps": settings.warmup,
        "num_train_epochs": settings.epochs,
        "per_device_train_batch_size": size,
        "gradient_accumulation_steps": parts,
        "adam_beta2": settings.adam_beta2,
        "max_grad_norm": settings.gradient_clip,
        "use_cpu": not hardware.gpu,
        "bf16": hardware.bfloat16,
        "gradient_checkpointing": recomputes and not hardware.team.sharded,
        "dataloader_num_workers": 0,
        "dataloader_pin_memory": hardware.gpu,
        "seed": training.seed,
        "data_seed": training.seed,
        "logging_steps": 1,
        "logging_nan_inf_filter": False,  # it would hide a diverged loss
        "save_strategy": "steps",
        "save_steps": settings.save_steps,
        "disable_tqdm": True,  # our own bar; TRL's prints every log entry
        "report_to": "none",
        "push_to_hub": False,
    } | _together(hardware, recomputes)


def _together(hardware: Hardware, recomputes: bool) -> dict[str, Any]:
    """What several processes need besides."""
    if hardware.team.size == 1:
        return {}
    # All weights are used; to look for others costs time.
    told: dict[str, Any] = {"ddp_find_unused_parameters": False}
    if not hardware.gpu:
        told["ddp_backend"] = "gloo"
    if hardware.team.sharded:
        told["fsdp"] = True
        told["fsdp_config"] = {"version": 2, "activation_checkpointing": recomputes}
    return told


def on_hardware(arguments: TrainingArguments, hardware: Hardware) -> None:
    """Give the arguments the device that was chosen."""
    if hardware.gpu:
        arguments._setup_devices = hardware.device  # the library knows the first GPU only
        arguments._n_gpu = 1  # one process trains on one GPU: TRL refuses nn.DataParallel


@contextmanager
def training_on(
    trainee: Trainee, training: Training[OptimisationSettings], folder: Path, unit: str
) -> Iterator[None]:
    """Train within this block: on the chosen hardware, with the threads that the training began with.

    Raises:
        LbtError: The GPU's memory is too small for a part of a batch; `unit` is what it holds.
    """
    settings, team = training.settings, trainee.hardware.team
    try:
        with trainee.hardware.chosen(), threads_of(folder, team):
            yield
    except torch.OutOfMemoryError as error:
        _, part = shared_batch(settings.batch_size, settings.gradient_accumulation, team.size)
        raise LbtError(
            f"The GPU's memory is too small for {part} {unit} at a time. Raise "
            f"{training.parameters}.gradient_accumulation, lower {training.parameters}.maximum_length, or "
            "train with LoRA."
        ) from error


def tuned_model(trainer: Any, settings: OptimisationSettings, trainee: Trainee) -> PreTrainedModel | None:
    """The trained model, any adapter merged; None in a process that does not lead."""
    team = trainee.hardware.team
    if not team.leads:
        return None
    if not team.sharded:
        tuned: Any = trainer.accelerator.unwrap_model(trainer.model)
        merged: PreTrainedModel = tuned.merge_and_unload() if settings.method == "lora" else tuned
        return merged
    # The parts were put together for the checkpoint of the last step.
    whole = latest_checkpoint(Path(str(trainer.args.output_dir)))
    assert whole is not None
    assert trainee.load is not None
    if settings.method == "lora":
        from peft import PeftModel

        model: PreTrainedModel = PeftModel.from_pretrained(trainee.load(), whole).merge_and_unload()
        return model
    return AutoModelForCausalLM.from_pretrained(whole, dtype=torch.float32)


def save_model(model: PreTrainedModel, base: Path, folder: Path) -> None:
    """Write an ordinary Hugging Face folder, in the precision of training so that no update is rounded away.

    Tokenizer, chat template and generation configuration are the base model's own files.
    """
    model.save_pretrained(folder)
    for pattern in _KEPT_FILES:
        for file in base.glob(pattern):
            shutil.copyfile(file, folder / file.name)


@contextmanager
def threads_of(trainer_folder: Path, team: Team = ALONE) -> Iterator[None]:
    """As many threads as the training began with: with others its sums differ in their last bits.

    Several processes differ in them anyway, and keep the threads that their launcher gives them.
    """
    if team.size > 1:
        yield
        return
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


def lora_of(settings: OptimisationSettings) -> LoraConfig | None:
    """The adapters of method lora."""
    if settings.method != "lora":
        return None
    from peft import LoraConfig, TaskType

    target = settings.lora_target if isinstance(settings.lora_target, str) else list(settings.lora_target)
    return LoraConfig(
        r=settings.lora_rank,
        lora_alpha=settings.lora_alpha,
        target_modules=target,
        task_type=TaskType.CAUSAL_LM,
    )
