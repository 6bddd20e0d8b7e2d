"""The raw rows of a file, a folder or a Hugging Face dataset, each with its place."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lbt.errors import DataError
from lbt.problems.rows import Number, Place
from lbt.problems.settings import HuggingFaceSettings

_DIGITS = re.compile(r"([0-9]+)")


def file_records(path: Path, name: str) -> Iterator[tuple[Place, bytes]]:
    """The lines of a JSON Lines file, blank ones left out; raises DataError if it cannot be read."""
    data = _bytes(path)
    # Not splitlines(): a question may hold U+2028, which that takes for the end of a line.
    for number, raw in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if raw.strip():
            yield Place(name, number), raw


def folder_records(root: Path, name: str) -> Iterator[tuple[Place, bytes]]:
    """The files of a folder made like MATH, `<split>/<subject>/<n>.json`, by split, subject and number.

    `root` may also be one split. A file's place begins with the name of the folder that holds the splits.
    """
    depth, top = ("*/*/*.json", root) if any(root.glob("*/*/*.json")) else ("*/*.json", root.parent)
    for path in sorted(root.glob(depth), key=lambda path: _natural(path.relative_to(root))):
        if not path.name.startswith("."):
            place = Path(name if top == root else top.name) / path.relative_to(top)
            yield Place(place.as_posix(), None), _bytes(path).removeprefix(b"\xef\xbb\xbf")


def hub_records(
    path: str, split: str, settings: HuggingFaceSettings
) -> Iterator[tuple[Place, dict[str, Any]]]:
    """The rows of one split with their columns renamed to our fields.

    Raises DataError if the dataset cannot be loaded or lacks a column of the map.
    """
    from datasets import load_dataset

    try:
        # Everything a wrong id, split, configuration or a missing network brings up is for the user to mend.
        rows = load_dataset(
            path, settings.name, split=split, revision=settings.revision, data_files=settings.data_files
        )
    except Exception as error:
        raise DataError(
            f"The dataset {path!r} (problems.path) could not be loaded with its split {split!r}: {error}\n"
            "Correct problems.path or problems.huggingface, or give a local folder if there is no network."
        ) from error
    for field, column in settings.columns.items():
        if column not in rows.column_names:
            raise DataError(
                f"{path}[{split}] has no column {column!r}, which problems.huggingface.columns names for "
                f"{field!r}. Its columns: {', '.join(rows.column_names)}."
            )
    renamed = {column: field for field, column in settings.columns.items()}
    for number, row in enumerate(rows, start=1):
        fields = {renamed.get(column, column): _plain(value) for column, value in row.items()}
        yield Place(f"{path}[{split}]", number), fields


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(
            f"The problem file {path} cannot be read ({error.strerror}). "
            "Set problems.path to an existing file."
        ) from error


def _natural(path: Path) -> list[tuple[str, int]]:
    """A sort key under which 9.json comes before 10.json."""
    parts = _DIGITS.split(path.as_posix())
    return [(text, int(number or 0)) for text, number in zip(parts[::2], [*parts[1::2], ""], strict=True)]


def _plain(value: Any) -> Any:
    """As JSON would have been read: a number becomes its own spelling."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return Number(int(value) if isinstance(value, float) and value.is_integer() else value)
