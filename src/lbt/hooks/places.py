"""Where this run keeps what it saves."""

from pathlib import Path
from typing import Any


def saved_path(entry: dict[str, Any], save_version: str) -> Path:
    """Kedro's layout: <filepath>, or <filepath>/<version>/<name of filepath> when versioned."""
    path = Path(entry["filepath"])
    return path / save_version / path.name if entry.get("versioned") else path
