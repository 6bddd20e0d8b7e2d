"""Parameters of the trainings: what all share, preference training, and training on given answers."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from lbt.cluster import Address
from lbt.configuration import Settings

_PositiveInt = Annotated[int, Field(ge=1)]


def shared_batch(batch_size: int, gradient_accumulation: int, processes: int) -> tuple[int, int]:
    """How several processes compute a batch: each as much, and no more at a time than one alone would.

    Args:
        batch_size: Pairs or items in one optimizer step.
        gradient_accumulation: Parts that one process would compute it in.
        processes: Those that share it.

    Returns:
        The parts that each process computes, and the pairs or items in a part.

    Raises:
        ValueError: The processes cannot have as much each.
    """
    if batch_size % processes:
        less, more = batch_size // processes * processes, -(-batch_size // processes) * processes
        fewer = next(count for count in range(processes, 0, -1) if batch_size % count == 0)
        sizes = f"{less} or {more}" if less else f"{more}"
        raise ValueError(
            f"batch_size ({batch_size}) cannot be shared equally by {processes} processes: set batch_size to "
            f"{sizes}, or processes to {fewer}"
        )
    each, most = batch_size // processes, batch_size // gradient_accumulation
    size = next(size for size in range(min(each, most), 0, -1) if each % size == 0)
    return each // size, size


class OptimisationSettings(Settings):
    """What every training has, whatever its loss. Defaults are for the embedded models."""

    method: Literal["full", "lora"] = "full"
    learning_rate: float = Field(
        default=1e-4, gt=0, le=1, description="peak; cosine decay to 0 after the warm-up"
    )
    epochs: _PositiveInt = 3
    batch_size: _PositiveInt = Field(default=16, description="pairs or items in one optimizer step")
    gradient_accumulation: _PositiveInt = Field(
        default=1, description="parts that a batch is computed in, to save memory; must divide batch_size"
    )
    adam_beta2: float = Field(default=0.98, gt=0, lt=1)
    gradient_clip: float = Field(default=1.0, gt=0)
    maximum_length: int = Field(
        default=256, ge=8, description="tokens of prompt and text; what is longer is left out, never cut"
    )
    lora_rank: _PositiveInt = 16
    lora_alpha: float = Field(default=32.0, gt=0)
    lora_target: Literal["all-linear"] | tuple[str, ...] = Field(
        default="all-linear", description="modules that get an adapter, for example [q_proj, v_proj]"
    )
    precision: Literal["auto", "float32", "bfloat16"] = Field(
        default="auto", description="auto: bfloat16 autocast on a GPU that has it, else float32"
    )
    save_steps: _PositiveInt = Field(
        default=25, description="steps between the checkpoints that a killed run resumes from"
    )
    processes: _PositiveInt = Field(
        default=1,
        description="that train together, each on a GPU or a share of the CPU; must divide batch_size",
    )
    strategy: Literal["ddp", "fsdp"] = Field(
        default="ddp",
        description="with several processes: ddp, each holds the whole model; fsdp, each holds a part of it",
    )
    launcher: Literal["local", "ray", "outer"] = Field(
        default="local",
        description="who starts the processes: the run, here; Ray Train, on a cluster; or you, with torchrun "
        "or accelerate",
    )
    ray_address: Address | None = Field(
        default=None,
        description="with launcher ray: host:port or ray://host:port of a cluster, auto for the one that "
        "this machine is in; if not given, one on this machine",
    )

    @model_validator(mode="after")
    def _accumulation_divides_the_batch(self) -> Self:
        if self.batch_size % self.gradient_accumulation:
            raise ValueError(
                f"gradient_accumulation ({self.gradient_accumulation}) must divide batch_size "
                f"({self.batch_size})"
            )
        if not self.lora_target:
            raise ValueError("lora_target is empty: name at least one module, or use all-linear")
        return self

    @model_validator(mode="after")
    def _processes_divide_the_batch(self) -> Self:
        shared_batch(self.batch_size, self.gradient_accumulation, self.processes)
        return self

    @property
    def warmup(self) -> float:
        """Below 1 a share of the steps, else so many steps."""
        raise NotImplementedError

    @property
    def minimum_rows(self) -> int:
        """With fewer examples the model is not trained."""
        return 1


class TrainingSettings(OptimisationSettings):
    """How a model learns from its pairs: DPO plus an NLL term on the chosen rationale.

    The loss of a pair is `dpo_weight * -log sigmoid(beta * margin) + sft_weight * NLL`, where the margin
    is the difference of the chosen and rejected log-ratios to the base model (Rafailov et al. 2305.18290,
    eq. 7) and the NLL is -log p of the chosen rationale over its number of tokens (Pang et al. 2404.19733,
    eq. 1); that of a batch is their mean over its pairs, in however many parts it is computed. The defaults
    are tuned for the embedded teacher of 3 million parameters; the paper's for 8 billion are beta 0.1,
    sft_weight 50, learning_rate 5e-7, epochs 1.
    """

    beta: float = Field(default=1.0, gt=0)
    dpo_weight: float = Field(
        default=1.0, ge=0, description="weight of the DPO term; 0 is plain SFT on the chosen rationales"
    )
    sft_weight: float = Field(default=30.0, ge=0, description="weight of the NLL term; 0 is plain DPO")
    warmup_ratio: float = Field(default=0.1, ge=0, lt=1)
    minimum_pairs: _PositiveInt = Field(default=100, description="with fewer pairs the model is not trained")

    @model_validator(mode="after")
    def _something_is_learned(self) -> Self:
        if not self.dpo_weight and not self.sft_weight:
            raise ValueError("dpo_weight and sft_weight are both 0: nothing would be learned")
        return self

    @property
    def warmup(self) -> float:
        """A share of the steps."""
        return self.warmup_ratio

    @property
    def minimum_rows(self) -> int:
        """With fewer pairs the model is not trained."""
        return self.minimum_pairs


class FineTuningSettings(OptimisationSettings):
    """How a model learns to give the answers that it is shown (supervised fine-tuning, SFT).

    The loss of a batch is the mean over the answers' tokens of -log p, in however many parts it is computed;
    the prompt's tokens are not learned. The defaults are tuned for the embedded student of 1 million
    parameters; those of LLMs-as-Instructors for 7 billion are learning_rate 5e-6, epochs 1, 100 warm-up
    steps, maximum_length 512 (Ying et al. 2407.00497, train.sh).
    """

    learning_rate: float = Field(
        default=5e-4, gt=0, le=1, description="peak; cosine decay to 0 after the warm-up"
    )
    warmup_steps: float = Field(
        default=0.1, ge=0, description="below 1 a share of the steps, else a number of steps"
    )

    @property
    def warmup(self) -> float:
        """A share of the steps, or their number."""
        return self.warmup_steps


SETTINGS_THAT_KEEP_THE_WEIGHTS = frozenset(
    {"minimum_pairs", "save_steps", "processes", "strategy", "launcher", "ray_address"}
)
"""Fields that do not change what is learned, but for rounding, and so are left out of the fingerprint."""
