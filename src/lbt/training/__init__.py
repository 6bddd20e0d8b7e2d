"""Training of a model on pairs or on items. Importing this package does not import torch."""

from lbt.training.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from lbt.training.fitting import items_that_fit
from lbt.training.job import Training
from lbt.training.settings import FineTuningSettings, OptimisationSettings, TrainingSettings
from lbt.training.train import train_model, train_on_items
from lbt.training.work import LOG_COLUMNS

__all__ = [
    "LOG_COLUMNS",
    "Checkpoint",
    "FineTuningSettings",
    "OptimisationSettings",
    "Training",
    "TrainingSettings",
    "items_that_fit",
    "read_checkpoint",
    "train_model",
    "train_on_items",
    "write_checkpoint",
]
