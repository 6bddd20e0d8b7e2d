"""A tuned model as a value that passes between pipeline stages. Imports no framework."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from lbt.errors import ModelError

CHECKPOINT_FILE = "checkpoint.json"
TRAINING_FILE = "training.json"


@dataclass(frozen=True)
class Checkpoint:
    """Where the tuned model is, or why there is none.

    Attributes:
        path: An ordinary Hugging Face model folder. When `trained` is false it holds no model.
        trained: False where training was skipped; the base model then stays in its place.
        reason: A plain sentence for the user, why it was skipped; None when trained.
        fingerprint: Hash of everything that decides the weights.
    """

    path: Path
    trained: bool
    reason: str | None
    fingerprint: str


def write_checkpoint(checkpoint: Checkpoint, folder: Path) -> None:
    """Describe `checkpoint` in `folder`, apart from its path, which is the folder itself."""
    content = {
        "trained": checkpoint.trained,
        "reason": checkpoint.reason,
        "fingerprint": checkpoint.fingerprint,
    }
    (folder / CHECKPOINT_FILE).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def read_checkpoint(folder: Path) -> Checkpoint:
    """Read back what `write_checkpoint` wrote.

    Raises:
        ModelError: The folder is missing or is not one of ours.
    """
    file = folder / CHECKPOINT_FILE
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return Checkpoint(folder, content["trained"], content["reason"], content["fingerprint"])
    except FileNotFoundError:
        raise ModelError(
            f"{file} does not exist, so {folder} holds no tuned model. "
            "Run the training stage to make one: make run"
        ) from None
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"{file} cannot be read ({error!r}). Delete the folder {folder} and run the training stage "
            "again; nothing is trained twice."
        ) from error
