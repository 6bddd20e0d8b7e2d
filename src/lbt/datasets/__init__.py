"""Kedro datasets of this project."""

from lbt.datasets.generation_store import GenerationStoreDataset

__all__ = ["GenerationStoreDataset"]
