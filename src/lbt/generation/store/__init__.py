"""What models wrote, kept in one SQLite file: reading, writing, locking, and an overview of what is there."""

from lbt.generation.store.generations import GenerationStore, Origin, StoredSample

__all__ = ["GenerationStore", "Origin", "StoredSample"]
