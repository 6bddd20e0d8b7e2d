"""Kedro dataset of a preference set: a versioned folder that `datasets.load_dataset` reads."""

from __future__ import annotations

import os
import shutil
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd
from kedro.io.core import AbstractVersionedDataset, DatasetError, Version

from lbt.sharing import PreferenceSet

_ROWS = Path("data", "train.parquet")
_CARD = "README.md"


class PreferenceSetDataset(AbstractVersionedDataset[PreferenceSet, PreferenceSet]):
    """Saves the rows as Parquet beside their card, in the layout of a data set on the Hugging Face hub.

    ```yaml
    preference_set:
      type: lbt.datasets.PreferenceSetDataset
      filepath: data/05_model_input/preference_set
      versioned: true
    ```
    """

    def __init__(
        self,
        *,
        filepath: str | os.PathLike[str],
        version: Version | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        """Point to a folder on the local disk.

        Args:
            filepath: The folder; with `version`, the folder of all versions.
            version: Given by Kedro for `versioned: true`.
            metadata: Ignored by Kedro; for plugins such as kedro-viz.
        """
        super().__init__(PurePosixPath(Path(filepath).as_posix()), version)
        self.metadata = metadata

    def load(self) -> PreferenceSet:
        """The rows and their card."""
        folder = Path(self._get_load_path())
        return PreferenceSet(pd.read_parquet(folder / _ROWS), (folder / _CARD).read_text(encoding="utf-8"))

    def save(self, data: PreferenceSet) -> None:
        """Write the folder beside its place, then rename it, so that it is whole or absent."""
        target = Path(self._get_save_path())
        draft = target.with_name(f"{target.name}.unfinished")
        shutil.rmtree(draft, ignore_errors=True)
        (draft / _ROWS).parent.mkdir(parents=True)
        data.rows.to_parquet(draft / _ROWS, index=False)
        (draft / _CARD).write_text(data.card, encoding="utf-8")
        if not self._version:
            shutil.rmtree(target, ignore_errors=True)
        os.replace(draft, target)

    def _exists(self) -> bool:
        try:
            return (Path(self._get_load_path()) / _CARD).is_file()
        except DatasetError:
            return False

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath, "version": self._version}
