"""What a model learns from, as the one training loop of `train` needs it. Importing this imports no torch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from lbt.training.examples import Example, tokenize_items, tokenize_pairs
from lbt.training.job import Training, fingerprint_fine_tuning, fingerprint_training
from lbt.training.settings import FineTuningSettings, OptimisationSettings, TrainingSettings

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from lbt.training.trainee import Trainee

History = list[dict[str, float]]
"""TRL's log, an entry a step."""


@dataclass(frozen=True)
class Lesson(ABC):
    """A table to learn from, and how to train on it.

    Attributes:
        rows: The table.
        unit: What its rows are called.
        log: The columns of the training log, each by TRL's name for it.
        averaged: Those of which metrics have the mean over the last epoch.
    """

    rows: pd.DataFrame
    unit: ClassVar[str]
    log: ClassVar[Mapping[str, str]]
    averaged: ClassVar[tuple[str, ...]]

    @property
    @abstractmethod
    def training(self) -> Training[OptimisationSettings]:
        """Which model is trained, and how."""

    @abstractmethod
    def fingerprint(self, identity: str) -> str:
        """The name of this training of a model of that identity."""

    @abstractmethod
    def tokenize(self, tokenizer: PreTrainedTokenizerBase, end_of_turn: int) -> tuple[list[Example], int]:
        """Tokens of the rows that fit, and how many did not."""

    @abstractmethod
    def train(
        self, trainee: Trainee, examples: list[Example], folder: Path, checkpoint: Path | None
    ) -> tuple[Any, History]:
        """The tuned model and TRL's log."""

    @abstractmethod
    def advice(self) -> str:
        """How to get more rows."""


@dataclass(frozen=True)
class Pairs(Lesson):
    """Chosen and rejected rationales, for DPO."""

    job: Training[TrainingSettings]
    unit = "pairs"
    log: ClassVar[Mapping[str, str]] = {
        "step": "step",
        "epoch": "epoch",
        "loss": "loss",
        "learning_rate": "learning_rate",
        "reward_margin": "rewards/margins",
        "reward_accuracy": "rewards/accuracies",
        "logps_chosen": "logps/chosen",
        "logps_rejected": "logps/rejected",
    }
    averaged = ("loss", "reward_margin", "reward_accuracy", "logps_chosen", "logps_rejected")

    @property
    def training(self) -> Training[OptimisationSettings]:
        """Which model is trained, and how."""
        return self.job

    def fingerprint(self, identity: str) -> str:
        """The name of this training of a model of that identity."""
        return fingerprint_training(self.rows, self.job, identity)

    def tokenize(self, tokenizer: PreTrainedTokenizerBase, end_of_turn: int) -> tuple[list[Example], int]:
        """Tokens of the pairs that fit, and how many did not."""
        job = self.job
        return tokenize_pairs(self.rows, tokenizer, end_of_turn, job.prompts, job.settings.maximum_length)

    def train(
        self, trainee: Trainee, examples: list[Example], folder: Path, checkpoint: Path | None
    ) -> tuple[Any, History]:
        """The tuned model and TRL's log."""
        from lbt.training import dpo

        return dpo.train_dpo(trainee, examples, self.job, folder, checkpoint)

    def advice(self) -> str:
        """How to get more pairs."""
        return (
            "training needs at least "
            f"{self.job.settings.minimum_pairs} (training.minimum_pairs): raise teaching.samples, lower "
            "preferences.margin, or choose problems that the model sometimes solves"
        )


@dataclass(frozen=True)
class Items(Lesson):
    """Questions with the answers to learn, for SFT."""

    job: Training[FineTuningSettings]
    unit = "items"
    log: ClassVar[Mapping[str, str]] = {
        name: name for name in ("step", "epoch", "loss", "learning_rate", "grad_norm")
    }
    averaged = ("loss",)

    @property
    def training(self) -> Training[OptimisationSettings]:
        """Which model is trained, and how."""
        return self.job

    def fingerprint(self, identity: str) -> str:
        """The name of this training of a model of that identity."""
        return fingerprint_fine_tuning(self.rows, self.job, identity)

    def tokenize(self, tokenizer: PreTrainedTokenizerBase, end_of_turn: int) -> tuple[list[Example], int]:
        """Tokens of the items that fit, and how many did not."""
        job = self.job
        return tokenize_items(self.rows, tokenizer, end_of_turn, job.prompts, job.settings.maximum_length)

    def train(
        self, trainee: Trainee, examples: list[Example], folder: Path, checkpoint: Path | None
    ) -> tuple[Any, History]:
        """The tuned model and TRL's log."""
        from lbt.training import sft

        return sft.train_sft(trainee, examples, self.job, folder, checkpoint)

    def advice(self) -> str:
        """How to get more items."""
        return f"training needs at least one: raise {self.job.parameters}.maximum_length"
