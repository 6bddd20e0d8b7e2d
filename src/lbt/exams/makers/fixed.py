"""The same exam problems for all, from a list of ids."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from lbt.errors import DataError
from lbt.exams.settings import ExamSettings


def rank_by_list(
    taught: pd.DataFrame, pool: pd.DataFrame, settings: ExamSettings, seed: int
) -> Iterator[tuple[str, list[str]]]:
    """The listed exam problems in the order of the file; raises DataError for an unknown id."""
    listed = _read_ids(Path(str(settings.fixed.path)), set(pool["problem_id"]))
    yield from ((problem_id, listed) for problem_id in taught["problem_id"])


def _read_ids(path: Path, known: set[str]) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            f"The list of exam problems {path} (exams.fixed.path) cannot be read ({error}). "
            "Give it a text file with one id a line."
        ) from error
    ids = [(number, line.strip()) for number, line in enumerate(lines, start=1) if line.strip()]
    if not ids:
        raise DataError(f"{path} (exams.fixed.path) lists no exam problem. Give it one id a line.")
    for number, problem_id in ids:
        if problem_id not in known:
            raise DataError(
                f"{path}:{number}: no problem with role exam that was drawn has the id {problem_id!r}. "
                "Correct the id, or raise problems.exam_per_family if the problem was not drawn."
            )
    return [problem_id for _, problem_id in ids]
