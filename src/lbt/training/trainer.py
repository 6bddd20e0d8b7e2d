"""TRL's trainer with our tokens, order and messages. Imports torch: import this module inside functions."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Sampler
from tqdm import tqdm
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from transformers.utils import logging as transformers_logging
from trl import DPOTrainer, SFTTrainer

from datasets import Dataset, are_progress_bars_disabled, disable_progress_bars, enable_progress_bars
from lbt.errors import LbtError
from lbt.training.batches import grouped_order
from lbt.training.examples import IGNORED, example_length
from lbt.training.sharing_out import Shared
from lbt.training.work import drop_older_checkpoints, writing


@contextmanager
def one_progress_bar() -> Iterator[None]:
    """Without the bars of transformers and datasets for loading weights, writing shards and mapping rows."""
    transformers_had = transformers_logging.is_progress_bar_enabled()
    datasets_had = not are_progress_bars_disabled()
    transformers_logging.disable_progress_bar()
    disable_progress_bars()
    # It warns where other processes than before compute other parts of a batch, which changes nothing.
    logging.getLogger("transformers.trainer_utils").setLevel(logging.ERROR)
    try:
        yield
    finally:
        if transformers_had:
            transformers_logging.enable_progress_bar()
        if datasets_had:
            enable_progress_bars()


class OwnTokens(Shared):
    """What our trainers have in common: our own tokens (see `examples`), our order, and messages."""

    def _save_checkpoint(self, *arguments: Any) -> None:
        with writing("the training's state", Path(str(self.args.output_dir))):
            super()._save_checkpoint(*arguments)

    def _prepare_dataset(self, dataset: Dataset, *_: Any) -> Dataset:
        return dataset

    def _send_telemetry(self) -> None:
        """Send nothing: HF_HUB_DISABLE_TELEMETRY is read at import, which may long have happened."""

    def _get_train_sampler(self, train_dataset: Dataset | None = None) -> Sampler[int]:
        dataset = self.train_dataset if train_dataset is None else train_dataset
        lengths = [example_length(row) for row in dataset]
        return _GroupedSampler(lengths, self._batch_size, self.args.seed)

    @property
    def _batch_size(self) -> int:
        """Examples in one optimizer step, of all processes."""
        parts = self.args.gradient_accumulation_steps * self.args.world_size
        return int(self.args.per_device_train_batch_size * parts)

    def _in_batch(self) -> int:
        """Examples in the batch of the next optimizer step, of all processes."""
        examples = len(self.train_dataset)
        steps = -(-examples // self._batch_size)
        return min(self._batch_size, examples - self.state.global_step % steps * self._batch_size)

    def _own(self, part: int) -> int:
        """Of the examples in this process's part of the next batch, how many are of that batch.

        A last batch that is too short for all processes is filled up by accelerate with the first examples of
        the epoch, which are not to be learned from twice.
        """
        size = self.args.per_device_train_batch_size
        before = (part * self.args.world_size + self.args.process_index) * size
        return min(max(self._in_batch() - before, 0), size)


class AnswerTrainer(OwnTokens, SFTTrainer):
    """TRL's trainer on our own tokens; its loss is a mean over the tokens of all parts of a batch."""

    def get_batch_samples(
        self, epoch_iterator: Iterator[dict[str, Tensor]], num_batches: int, device: torch.device
    ) -> tuple[list[dict[str, Tensor]], Tensor]:
        """The parts of the next batch, and the tokens to learn in all of them, in all processes."""
        parts, tokens = super().get_batch_samples(epoch_iterator, num_batches, device)
        if self.args.world_size == 1 or self._in_batch() == self._batch_size:
            return parts, tokens
        for number, part in enumerate(parts):
            part["labels"][self._own(number) :] = IGNORED
        return parts, self._get_num_items_in_batch(parts, device)


class PairTrainer(OwnTokens, DPOTrainer):
    """TRL's trainer on our own tokens (see `examples`), with a loss that no split changes.

    The loss of a batch is the mean over its pairs of `dpo_weight` times the DPO term and of `sft_weight`
    times the NLL of the chosen rationale over its number of tokens (Pang et al. 2404.19733, eq. 1). TRL's own
    NLL term is a mean over the tokens of what is computed at a time, and the mean over the parts of a batch
    counts a part of few pairs like one of many: with gradient_accumulation both would be another loss.
    """

    loss_is_scaled_for_ga = True  # by `compute_loss`

    def __init__(self, *, dpo_weight: float, sft_weight: float, **arguments: Any) -> None:
        self._dpo_weight = dpo_weight
        self._sft_weight = sft_weight
        self._parts: list[int] = []
        self._in_step = 0
        super().__init__(**arguments)

    def get_batch_samples(
        self, epoch_iterator: Iterator[dict[str, Tensor]], num_batches: int, device: torch.device
    ) -> tuple[list[dict[str, Tensor]], int]:
        """The parts of the next batch, and the pairs in all of them, in all processes."""
        parts, _ = super().get_batch_samples(epoch_iterator, num_batches, device)
        if self.args.world_size > 1:
            for number, part in enumerate(parts):
                _empty(part, self._own(number))
        self._in_step += self._in_batch()
        return parts, self._in_batch()

    def compute_loss(
        self,
        model: Callable[..., Any],
        inputs: dict[str, Tensor],
        return_outputs: bool = False,
        num_items_in_batch: int | None = None,
    ) -> Tensor:
        """The share of a part in the loss of its batch of `num_items_in_batch` pairs."""
        outputs: list[Any] = []

        def observed(**arguments: Any) -> Any:
            outputs.append(model(**arguments))
            return outputs[-1]

        preference: Tensor = super().compute_loss(observed, inputs)
        likelihood = mean_nll(outputs[0].log_probs, inputs["completion_mask"])
        pairs = _pairs(inputs)
        if self.args.world_size > 1:  # the margin of an empty pair is 0, and its loss no part of the mean
            preference = preference - _empty_pairs(inputs) / pairs * math.log(2)
        loss = self._dpo_weight * preference + self._sft_weight * likelihood
        pairs *= self.args.world_size  # over which the gradients are averaged
        self._parts.append(pairs)
        return loss * (pairs / (num_items_in_batch or pairs))

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Average over the pairs what TRL averages over the parts of a batch; those of empty pairs are 0."""
        figures = self._metrics["train"]
        for name, values in figures.items():
            if self._parts and len(values) == len(self._parts):
                filled = sum(self._parts) / self._in_step
                figures[name] = [float(np.average(values, weights=self._parts)) * filled]
        self._parts.clear()
        self._in_step = 0
        super().log(logs, start_time)


def mean_nll(log_probs: Tensor, completion_mask: Tensor) -> Tensor:
    """Mean over the chosen rationales, the first half of the rows, of -log p over the number of tokens.

    Args:
        log_probs: Of shape (rows, tokens - 1), of each next token; 0 outside of the rationale.
        completion_mask: Of shape (rows, tokens), 1 for the tokens of the rationale.
    """
    chosen = len(log_probs) // 2
    lengths = completion_mask[:chosen, 1:].sum(dim=1).clamp(min=1)  # an empty one has none
    return -(log_probs[:chosen].float().sum(dim=1) / lengths).mean()


def _pairs(inputs: dict[str, Tensor]) -> int:
    """Pairs in what TRL's collator made: a row for the chosen and one for the rejected rationale of each."""
    return len(inputs["input_ids"]) // 2


def _empty(inputs: dict[str, Tensor], kept: int) -> None:
    """Take the rationales of the pairs after the first `kept`: nothing is learned from an empty one."""
    pairs = _pairs(inputs)
    for first in (0, pairs):
        inputs["completion_mask"][first + kept : first + pairs] = 0
    for side in ("chosen", "rejected"):
        inputs[f"ref_{side}_logps"][kept:] = 0


def _empty_pairs(inputs: dict[str, Tensor]) -> int:
    return int((inputs["completion_mask"][: _pairs(inputs)].sum(dim=1) == 0).sum())


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


class Watch(TrainerCallback):
    """Stops when the loss is not a number; keeps only the newest checkpoint.

    Args:
        parameters: The key of the training's settings, for the message.
    """

    def __init__(self, parameters: str = "training") -> None:
        self._parameters = parameters

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, float] | None = None,
        **_: Any,
    ) -> None:
        """Raise LbtError when training has diverged."""
        values = logs or {}
        for name in ("loss", "grad_norm"):
            if not math.isfinite(values.get(name, 0.0)):
                key = self._parameters
                raise LbtError(
                    f"Training diverged: the {name} is {values[name]} at step {state.global_step} of "
                    f"{state.max_steps}. Lower {key}.learning_rate (now {args.learning_rate:g}), "
                    f"warm up for longer, or set {key}.precision: float32."
                )

    def on_save(self, args: TrainingArguments, state: TrainerState, *_: Any, **__: Any) -> None:
        """Do what save_total_limit does, without its warning when two checkpoints are less than 1 s apart."""
        if state.is_world_process_zero:
            drop_older_checkpoints(Path(str(args.output_dir)))


class Progress(TrainerCallback):
    """One progress bar with a rate and an end time."""

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, *_: Any, **__: Any) -> None:
        """Open the bar, at the step that is resumed from."""
        self._bar = tqdm(
            total=state.max_steps,
            initial=state.global_step,
            desc="training",
            unit="step",
            disable=not state.is_world_process_zero,
        )

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, float] | None = None,
        **_: Any,
    ) -> None:
        """Show the step and its loss."""
        if logs and "loss" in logs:
            self._bar.set_postfix(loss=f"{logs['loss']:.3f}", refresh=False)
            self._bar.update(state.global_step - self._bar.n)

    def on_train_end(self, *_: Any, **__: Any) -> None:
        """Leave the full bar on the terminal."""
        self._bar.close()
