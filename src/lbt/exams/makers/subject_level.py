"""Exam problems by their subject and their level beside the teaching problem's."""

import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pandas as pd

from lbt.errors import DataError
from lbt.exams.settings import ExamSettings, SubjectLevelSettings
from lbt.seeds import random_stream

_RELATIONS: Mapping[str, Callable[[Any, Any], Any]] = {"=": operator.eq, "<": operator.lt, ">": operator.gt}


def rank_by_subject_and_level(
    taught: pd.DataFrame, pool: pd.DataFrame, settings: ExamSettings, seed: int
) -> Iterator[tuple[str, list[str]]]:
    """The exam problems that suit each teaching problem, in a random order; there may be none.

    A problem without a subject or level suits, and is suited by, none where that is compared. Raises
    DataError if the problems have no such column.
    """
    wanted = settings.subject_level
    _check_columns(taught, pool, wanted)
    suiting: dict[tuple[Any, Any], list[str]] = {}
    for problem in taught.to_dict("records"):
        kind = _kind(problem, wanted)
        if kind not in suiting:
            suits = _suits_subject(pool, kind[0], wanted) & _suits_level(pool, kind[1], wanted)
            suiting[kind] = list(pool.loc[suits, "problem_id"])
        rng = random_stream(seed, "exam_problems", problem["problem_id"])
        yield problem["problem_id"], [str(name) for name in rng.permutation(suiting[kind])]


def _kind(problem: Mapping[Any, Any], wanted: SubjectLevelSettings) -> tuple[Any, Any]:
    """What is compared of a teaching problem; None where nothing is, or where it has none."""
    subject = problem["subject"] if wanted.subject != "any" else None
    level = problem["level"] if wanted.level in _RELATIONS else None
    return None if pd.isna(subject) else subject, None if pd.isna(level) else level


def _suits_subject(pool: pd.DataFrame, subject: str | None, wanted: SubjectLevelSettings) -> pd.Series:
    if wanted.subject == "any":
        return pd.Series(True, index=pool.index)
    if subject is None:
        return pd.Series(False, index=pool.index)
    same = pool["subject"] == subject
    return same if wanted.subject == "same" else ~same & pool["subject"].notna()


def _suits_level(pool: pd.DataFrame, level: int | None, wanted: SubjectLevelSettings) -> pd.Series:
    if wanted.level == "any":
        return pd.Series(True, index=pool.index)
    if isinstance(wanted.level, tuple):
        return pool["level"].isin(wanted.level)
    if level is None:
        return pd.Series(False, index=pool.index)
    return _RELATIONS[wanted.level](pool["level"], level).fillna(False).astype(bool)


def _check_columns(taught: pd.DataFrame, pool: pd.DataFrame, wanted: SubjectLevelSettings) -> None:
    for name, compared in (("subject", wanted.subject != "any"), ("level", wanted.level != "any")):
        if compared and (name not in taught or name not in pool):
            raise DataError(
                f"exams.maker: subject_level compares the {name} of problems, but no problem has one. "
                f"Give the rows a field {name!r}, or set exams.subject_level.{name}: any."
            )
