"""A model shared out over processes (FSDP), with checkpoints as of one process. Imports torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from accelerate import DistributedType, FullyShardedDataParallelPlugin, PartialState
from torch.distributed.tensor import DTensor, distribute_tensor
from torch.optim import Optimizer
from transformers import Trainer

_OPTIMIZER, _SCHEDULER = "optimizer.pt", "scheduler.pt"
"""The library's names."""


class Shared(Trainer):
    """The library's trainer, whose checkpoints any number of processes may continue.

    Where the model is shared out, the library's own checkpoints have a form that only such a training reads.
    Weights and the optimizer's state are written here as one process writes them.
    """

    def create_accelerator_and_postprocess(self) -> None:
        """Share the model out on CPUs too, as torch can; accelerate does it on GPUs alone."""
        super().create_accelerator_and_postprocess()
        state = self.accelerator.state
        if self.args.fsdp_plugin_args is not None and state.distributed_type == DistributedType.MULTI_CPU:
            # Both, as accelerate does: each time that the one is asked for, it reads the other.
            state.distributed_type = PartialState().distributed_type = DistributedType.FSDP
            state.fsdp_plugin = FullyShardedDataParallelPlugin(**self.args.fsdp_plugin_args)
            self.is_fsdp_enabled = True

    def _prepare_for_training(
        self, max_steps: int, train_dataloader: Any, resume_from_checkpoint: str | None
    ) -> Any:
        if self.is_fsdp_enabled and resume_from_checkpoint is not None:
            self.is_fsdp_enabled = False
            super()._load_from_checkpoint(resume_from_checkpoint)  # whole, while the model still is
            self.is_fsdp_enabled = True
        return super()._prepare_for_training(max_steps, train_dataloader, resume_from_checkpoint)

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        if not self.is_fsdp_enabled:
            super()._load_from_checkpoint(resume_from_checkpoint, model)

    def _save_optimizer_and_scheduler(self, output_dir: str) -> None:
        if not self.is_fsdp_enabled:
            super()._save_optimizer_and_scheduler(output_dir)
            return
        state = _whole(self.optimizer.state_dict(), keep=self.args.should_save)
        if self.args.should_save:
            torch.save(state, Path(output_dir) / _OPTIMIZER)
            torch.save(self.lr_scheduler.state_dict(), Path(output_dir) / _SCHEDULER)

    def _load_optimizer_and_scheduler(self, checkpoint: str | None) -> None:
        if not self.is_fsdp_enabled or checkpoint is None:
            super()._load_optimizer_and_scheduler(checkpoint)
            return
        state = torch.load(Path(checkpoint) / _OPTIMIZER, map_location="cpu", weights_only=True, mmap=True)
        self.optimizer.load_state_dict(_in_parts(state, self.optimizer))
        self.lr_scheduler.load_state_dict(torch.load(Path(checkpoint) / _SCHEDULER, weights_only=True))


def _whole(state: dict[str, Any], keep: bool) -> dict[str, Any]:
    """An optimizer's state with whole tensors, on the CPU: all take part, and those that `keep` have it."""
    return {
        "param_groups": state["param_groups"],
        "state": {
            number: {name: _put_together(value, keep) for name, value in values.items()}
            for number, values in state["state"].items()
        },
    }


def _put_together(value: Any, keep: bool) -> Any:
    whole = value.full_tensor() if isinstance(value, DTensor) else value
    if not keep:
        return None
    return whole.cpu() if isinstance(whole, torch.Tensor) else whole


def _in_parts(state: dict[str, Any], optimizer: Optimizer) -> dict[str, Any]:
    """An optimizer's whole state as the processes hold it: each its part of what belongs to its weights."""
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
    numbers = [number for group in state["param_groups"] for number in group["params"]]
    held = dict(zip(numbers, weights, strict=True))
    return {
        "param_groups": state["param_groups"],
        "state": {
            number: {name: _share(value, held[number]) for name, value in values.items()}
            for number, values in state["state"].items()
        },
    }


def _share(value: Any, weight: Any) -> Any:
    if not isinstance(weight, DTensor) or not isinstance(value, torch.Tensor) or value.shape != weight.shape:
        return value  # a count of steps
    # Each process has read all of it, so none must send it.
    whole = value.to(weight.device)
    return distribute_tensor(whole, weight.device_mesh, weight.placements, src_data_rank=None)
