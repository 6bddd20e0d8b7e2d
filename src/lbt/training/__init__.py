"""Preference training of the teacher, behind one function. Importing this package does not import torch."""

from lbt.training.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from lbt.training.settings import TrainingSettings
from lbt.training.teacher import train_teacher
from lbt.training.work import LOG_COLUMNS

__all__ = [
    "LOG_COLUMNS",
    "Checkpoint",
    "TrainingSettings",
    "read_checkpoint",
    "train_teacher",
    "write_checkpoint",
]
