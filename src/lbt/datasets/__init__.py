"""Kedro datasets of this project."""

from lbt.datasets.checkpoint import CheckpointDataset
from lbt.datasets.generation_store import GenerationStoreDataset
from lbt.datasets.preference_set import PreferenceSetDataset

__all__ = ["CheckpointDataset", "GenerationStoreDataset", "PreferenceSetDataset"]
