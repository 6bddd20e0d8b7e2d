"""The labels of a task, and what must hold of them before anything is asked."""

from collections.abc import Collection

import pandas as pd

from lbt.errors import DataError, SettingsError
from lbt.grading import Domain, runs_programs
from lbt.refine.settings import RefineSettings

_MOST_SHOWN = 8


def labels_of(problems: pd.DataFrame, domain: Domain, settings: RefineSettings) -> dict[str, str] | None:
    """The answers of a task that chooses among a few, canonical to as written; None where answers are free.

    Raises:
        DataError: A role has one label only; or there are not just two, and one of them is to be positive.
        SettingsError: The positive class is no label, or answers are free and one is to be positive; or they
            are programs, which this is not for.
    """
    if runs_programs(domain):
        raise SettingsError(
            "lbt_refine is for answers that are compared, not for programs (domain: code). Set another "
            "domain, or run lbt_search or lbt_finetune, which run programs."
        )
    if domain.name != "choice":
        if settings.positive is not None:
            raise SettingsError(
                f"refine.positive is {settings.positive!r}, but in domain {domain.name} answers are not "
                "labels. Set domain: choice, or refine.positive: null."
            )
        return None
    canonical = problems["answer"].map(domain.canonical)
    labels = dict(sorted(zip(canonical, problems["answer"], strict=True)))
    if settings.positive is not None:
        _check_two(labels, domain.canonical(settings.positive), settings.positive)
    for role, own in canonical.groupby(problems["role"]):
        if own.nunique() < 2:
            raise DataError(
                f"All {len(own)} {role} problems have the label {own.iloc[0]!r}: nothing can be learnt or "
                "measured with one class. Take more problems (problems.teaching, problems.exam_per_family, "
                "problems.evaluation), or a file with both."
            )
    return labels


def _check_two(labels: Collection[str], positive: str | None, as_written: str) -> None:
    shown = ", ".join(sorted(labels)[:_MOST_SHOWN])
    if positive not in labels:
        raise SettingsError(
            f"refine.positive is {as_written!r}, but no problem has that label; the labels are {shown}. Name "
            "one of them, or say with problems.labels what the file's labels mean."
        )
    if len(labels) != 2:
        raise DataError(
            f"refine.positive makes this a task of two classes, but the problems have {len(labels)} labels: "
            f"{shown}. Correct the file, or set refine.positive: null, which reports accuracy alone."
        )
