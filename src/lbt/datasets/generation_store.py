"""The generation store as a catalog entry."""

from pathlib import Path
from typing import Any, NoReturn

from kedro.io import AbstractDataset, DatasetError

from lbt.generation import GenerationStore


class GenerationStoreDataset(AbstractDataset[NoReturn, GenerationStore]):
    """Loads an opened `GenerationStore`; stages write into it while they run, so there is nothing to save.

    In the catalog:

        generation_store:
          type: lbt.datasets.GenerationStoreDataset
          filepath: data/02_intermediate/generations.sqlite

    Args:
        filepath: The SQLite file; it is made when the first generation is stored.
        metadata: Not read here; Kedro-Viz and other plugins may.
    """

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = Path(filepath)
        self.metadata = metadata

    def load(self) -> GenerationStore:
        """The store, which opens its file on first use."""
        return GenerationStore(self._filepath)

    def save(self, data: NoReturn) -> None:
        """Not possible.

        Raises:
            DatasetError: Always.
        """
        raise DatasetError(
            f"The generation store {self._filepath} is not saved by Kedro: take it as an input of the node, "
            "and what the node generates is stored as it comes."
        )

    def _exists(self) -> bool:
        return self._filepath.is_file()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}
