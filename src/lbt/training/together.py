"""What the processes of one training share. Imports torch: import this module inside functions."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from accelerate import PartialState
from accelerate.utils import broadcast_object_list

from datasets import Dataset
from lbt.training.examples import Example
from lbt.training.trainee import Hardware
from lbt.training.work import writing

Value = TypeVar("Value")


@contextmanager
def meeting(hardware: Hardware) -> Iterator[PartialState | None]:
    """In touch with the other processes of the team, through accelerate; None where there are none."""
    if hardware.team.size == 1:
        yield None
        return
    backend = {} if hardware.gpu else {"backend": "gloo"}
    # One may work alone for long, on the tokens of all pairs; that one has died is noticed by the launcher.
    state = PartialState(cpu=not hardware.gpu, timeout=timedelta(days=1), **backend)
    yield state
    state.destroy_process_group()


def agreed(find: Callable[[], Value], state: PartialState | None) -> Value:
    """What the leading process finds, in all."""
    if state is None:
        return find()
    found = [find() if state.is_main_process else None]
    broadcast_object_list(found)
    return found[0]  # type: ignore[return-value]  # that of the leading process


def shared_examples(
    make: Callable[[], list[Example]], trainer_folder: Path, state: PartialState | None
) -> list[Example] | Dataset:
    """Examples that the leading process makes; the others read them.

    They are a file because TRL keeps the reference's log-probabilities beside it, where all find them, and
    where a training that is resumed finds them again.
    """
    if state is None:
        return make()
    folder = trainer_folder / "examples"

    def written() -> bool:
        examples = [] if folder.is_dir() else make()
        if examples:
            draft = folder.with_suffix(".unfinished")
            with writing("the training's state", trainer_folder):
                shutil.rmtree(draft, ignore_errors=True)
                Dataset.from_list(examples).save_to_disk(draft)
                os.replace(draft, folder)
        return folder.is_dir()

    # No examples are no file: an empty one cannot be read back.
    return Dataset.load_from_disk(folder) if agreed(written, state) else []


def as_dataset(examples: list[Example] | Dataset) -> Dataset:
    """Examples as TRL takes them."""
    return examples if isinstance(examples, Dataset) else Dataset.from_list(examples)
