"""Kedro datasets of this project."""

from lbt.datasets.checkpoint import CheckpointDataset
from lbt.datasets.generation_store import GenerationStoreDataset
from lbt.datasets.preference_set import PreferenceSetDataset
from lbt.datasets.shown_text import ShownTextDataset

__all__ = ["CheckpointDataset", "GenerationStoreDataset", "PreferenceSetDataset", "ShownTextDataset"]
