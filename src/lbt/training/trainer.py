"""TRL's trainer with our tokens, order and messages. Imports torch: import this module inside functions."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from torch.utils.data import Sampler
from tqdm import tqdm
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from transformers.utils import logging as transformers_logging
from trl import DPOTrainer

from datasets import Dataset, are_progress_bars_disabled, disable_progress_bars, enable_progress_bars
from lbt.errors import LbtError
from lbt.training.batches import grouped_order
from lbt.training.examples import pair_length
from lbt.training.work import drop_older_checkpoints


@contextmanager
def one_progress_bar() -> Iterator[None]:
    """Without the bars of transformers and datasets for loading weights, writing shards and mapping rows."""
    transformers_had = transformers_logging.is_progress_bar_enabled()
    datasets_had = not are_progress_bars_disabled()
    transformers_logging.disable_progress_bar()
    disable_progress_bars()
    try:
        yield
    finally:
        if transformers_had:
            transformers_logging.enable_progress_bar()
        if datasets_had:
            enable_progress_bars()


class PairTrainer(DPOTrainer):
    """TRL's trainer on our own tokens, which are exactly those of sampling (see `examples`)."""

    def _prepare_dataset(self, dataset: Dataset, *_: Any) -> Dataset:
        return dataset

    def _send_telemetry(self) -> None:
        """Send nothing: HF_HUB_DISABLE_TELEMETRY is read at import, which may long have happened."""

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


class Watch(TrainerCallback):
    """Stops when the loss is not a number; keeps only the newest checkpoint."""

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
                raise LbtError(
                    f"Training diverged: the {name} is {values[name]} at step {state.global_step} of "
                    f"{state.max_steps}. Lower training.learning_rate (now {args.learning_rate:g}), "
                    "raise training.warmup_ratio, or set training.precision: float32."
                )

    def on_save(self, args: TrainingArguments, *_: Any, **__: Any) -> None:
        """Do what save_total_limit does, without its warning when two checkpoints are less than 1 s apart."""
        drop_older_checkpoints(Path(str(args.output_dir)))


class Progress(TrainerCallback):
    """One progress bar with a rate and an end time."""

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, *_: Any, **__: Any) -> None:
        """Open the bar, at the step that is resumed from."""
        self._bar = tqdm(total=state.max_steps, initial=state.global_step, desc="training", unit="step")

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
