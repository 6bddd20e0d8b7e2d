"""Kedro dataset of a tuned model: a versioned Hugging Face model folder."""

from __future__ import annotations

import os
import shutil
from pathlib import Path, PurePosixPath
from typing import Any

from kedro.io.core import AbstractVersionedDataset, DatasetError, Version
from kedro_datasets._typing import JSONPreview

from lbt.errors import ModelError
from lbt.training.checkpoint import (
    CHECKPOINT_FILE,
    TRAINING_FILE,
    Checkpoint,
    read_checkpoint,
    write_checkpoint,
)


class CheckpointDataset(AbstractVersionedDataset[Checkpoint, Checkpoint]):
    """Saves a copy of a checkpoint's folder as a version, and loads a version as a checkpoint.

    A version is complete or absent: it is copied beside its place and then renamed. Where training was
    skipped, it is a folder with `checkpoint.json` alone, which says why.

    ```yaml
    tuned_teacher:
      type: lbt.datasets.CheckpointDataset
      filepath: data/06_models/tuned_teacher
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

    def load(self) -> Checkpoint:
        """The checkpoint, whose `path` is the version's folder."""
        try:
            return read_checkpoint(Path(self._get_load_path()))
        except ModelError as error:
            raise DatasetError(str(error)) from error

    def save(self, data: Checkpoint) -> None:
        """Copy the checkpoint's folder."""
        if data.trained and not data.path.is_dir():
            raise DatasetError(
                f"The tuned model's folder {data.path} is missing, so it cannot be saved. "
                "It was deleted after the training; run the training stage again."
            )
        target = Path(self._get_save_path())
        draft = target.with_name(f"{target.name}.unfinished")
        shutil.rmtree(draft, ignore_errors=True)
        try:
            self._write(data, draft, target)
        except OSError as error:  # copytree's own error is one
            shutil.rmtree(draft, ignore_errors=True)
            raise DatasetError(
                f"The tuned model cannot be copied from {data.path} to {target}: {error}. Free disk space "
                "there and run the same command again: what was trained is not trained again."
            ) from error

    def _write(self, data: Checkpoint, draft: Path, target: Path) -> None:
        if data.trained:
            shutil.copytree(data.path, draft)
        else:
            draft.mkdir(parents=True)
        write_checkpoint(data, draft)
        if not self._version:
            shutil.rmtree(target, ignore_errors=True)
        os.replace(draft, target)

    def preview(self) -> JSONPreview:
        """For kedro-viz: what the model was trained on and how, or why it was not."""
        folder = Path(self._get_load_path())
        file = TRAINING_FILE if self.load().trained else CHECKPOINT_FILE
        return JSONPreview((folder / file).read_text(encoding="utf-8"))

    def _exists(self) -> bool:
        try:
            return (Path(self._get_load_path()) / CHECKPOINT_FILE).is_file()
        except DatasetError:
            return False

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath, "version": self._version}
