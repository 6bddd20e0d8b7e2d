"""Preference training of a model, behind one function. Importing this package does not import torch."""

from lbt.training.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from lbt.training.job import Training
from lbt.training.settings import TrainingSettings
from lbt.training.train import train_model
from lbt.training.work import LOG_COLUMNS

__all__ = [
    "LOG_COLUMNS",
    "Checkpoint",
    "Training",
    "TrainingSettings",
    "read_checkpoint",
    "train_model",
    "write_checkpoint",
]
