"""The work folder of one training: resumable while it runs, one finished result afterwards.

<work_folder>/<fingerprint>/trainer/checkpoint-<step>/   weights, optimizer, random states; gone at the end
<work_folder>/<fingerprint>/trainer/threads              how many threads it began with; gone at the end
<work_folder>/<fingerprint>/processes/                   of several, see `hand_over`; gone at the end
<work_folder>/<fingerprint>/model/                       the tuned model
<work_folder>/<fingerprint>/complete.json                log and metrics; written last, as the proof
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from safetensors import SafetensorError

from lbt import tables
from lbt.errors import LbtError

LOG_COLUMNS = tuple(tables.training_log.columns)
"""Of preference training; `lessons` has those of every kind."""

_STATE_FILE = "trainer_state.json"


@dataclass(frozen=True)
class WorkFolder:
    """Paths and completeness of one training."""

    path: Path

    @property
    def model(self) -> Path:
        """Folder of the tuned model."""
        return self.path / "model"

    @property
    def trainer(self) -> Path:
        """Folder of the trainer's own checkpoints."""
        return self.path / "trainer"

    @property
    def processes(self) -> Path:
        """Folder of what several processes hand each other."""
        return self.path / "processes"

    @property
    def _marker(self) -> Path:
        return self.path / "complete.json"

    def result(self) -> tuple[pd.DataFrame, dict[str, float]] | None:
        """Log and metrics of the finished training, or None if it has not finished."""
        if not self._marker.is_file():
            return None
        content = json.loads(self._marker.read_text(encoding="utf-8"))
        return log_frame(content["log"], tuple(content["log"])), content["metrics"]

    def finish(self, save: Callable[[Path], None], log: pd.DataFrame, metrics: dict[str, float]) -> None:
        """Let `save` write the model, then declare the training complete and drop its checkpoints."""
        unfinished = self.path / "model.unfinished"
        for folder in (unfinished, self.model):
            shutil.rmtree(folder, ignore_errors=True)
        with writing("the tuned model", self.path):
            unfinished.mkdir(parents=True)
            save(unfinished)
            os.replace(unfinished, self.model)
            draft = self._marker.with_suffix(".unfinished")
            draft.write_text(json.dumps({"metrics": metrics, "log": log.to_dict("list")}), encoding="utf-8")
            os.replace(draft, self._marker)
        self.drop_trainer_state()

    def drop_all_but_the_result(self) -> None:
        """Delete what only an unfinished training needs."""
        self.drop_trainer_state()
        shutil.rmtree(self.processes, ignore_errors=True)

    def drop_trainer_state(self) -> None:
        """Delete the trainer's checkpoints: three times the model's size, and of no use after the end."""
        shutil.rmtree(self.trainer, ignore_errors=True)


@contextmanager
def writing(what: str, folder: Path) -> Iterator[None]:
    """Tell the user when something cannot be written to the disk.

    Raises:
        LbtError: With the reason, the room that is left, and what becomes of the training.
    """
    try:
        yield
    except (OSError, RuntimeError, SafetensorError) as error:  # torch raises a RuntimeError
        there = next(parent for parent in (folder, *folder.parents) if parent.exists())
        free = shutil.disk_usage(there).free / 1e9
        raise LbtError(
            f"{what[0].upper()}{what[1:]} cannot be written to {folder}: {error}. {free:.1f} GB are free "
            "there. Free disk space and run the same command again: the training continues from its last "
            "whole checkpoint."
        ) from error


def latest_checkpoint(trainer_folder: Path) -> Path | None:
    """The newest whole checkpoint to resume from; a half-written one is deleted, an older one is left.

    The trainer writes its state file last, so a checkpoint without a readable one was cut off by a kill.
    """
    for folder in reversed(_checkpoints(trainer_folder)):
        try:
            json.loads((folder / _STATE_FILE).read_text(encoding="utf-8"))
            return folder
        except (FileNotFoundError, ValueError):
            shutil.rmtree(folder)
    return None


def checkpoint_step(checkpoint: Path) -> int:
    """The optimizer step after which a checkpoint was written."""
    return int(checkpoint.name.removeprefix("checkpoint-"))


def drop_older_checkpoints(trainer_folder: Path) -> None:
    """Keep only the newest checkpoint."""
    for folder in _checkpoints(trainer_folder)[:-1]:
        shutil.rmtree(folder)


def log_frame(columns: dict[str, list[float]], names: Sequence[str] = LOG_COLUMNS) -> pd.DataFrame:
    """A training log from its columns; an empty one has the same columns."""
    return pd.DataFrame({name: columns.get(name, []) for name in names}, dtype=float)


def _checkpoints(trainer_folder: Path) -> list[Path]:
    return sorted(trainer_folder.glob("checkpoint-*"), key=checkpoint_step)
