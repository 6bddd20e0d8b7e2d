"""Kedro datasets of this project."""

from lbt.datasets.checkpoint import CheckpointDataset
from lbt.datasets.generation_store import GenerationStoreDataset

__all__ = ["CheckpointDataset", "GenerationStoreDataset"]
