"""Load the problems table from a file or from the embedded domain."""

import logging
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd

from lbt.errors import DataError
from lbt.grading import Domain
from lbt.problems.reading import ROLES, BadRow, FileContent, Row, read_problem_file
from lbt.problems.settings import ProblemSettings
from lbt.problems.splits import check_roles, draw, draw_per_family, split_by_hash

logger = logging.getLogger(__name__)

COLUMNS = ["problem_id", "family", "question", "answer", "role", "source", "lucky"]
_SHOWN = 10


def load_problems(
    settings: ProblemSettings, seed: int, domain: Domain | None = None
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The problems table (one row a problem, with its role) and a JSON-ready report of the ingest.

    Raises DataError for a missing or empty file, for unusable rows (all are named; with
    `bad_rows: set_aside` they are reported instead), for roles on some rows only, and for a file that
    leaves a role or a teaching problem's exam empty. With a grading domain, a row whose answer the domain
    cannot read is unusable too: no answer to it could be right.
    """
    if settings.source == "pocket":
        return _draw_from_pocket(settings, seed)
    content = read_problem_file(Path(str(settings.path)), settings.source, domain)
    _judge_bad_rows(content, settings)
    given = check_roles(content.rows, content.name)
    rows = content.rows if given else split_by_hash(content.rows, seed)
    drawn = (
        draw(rows, "teaching", settings.teaching, seed)
        + draw_per_family(rows, "exam", settings.exam_per_family, seed)
        + draw(rows, "evaluation", settings.evaluation, seed)
    )
    problems = _table(sorted(drawn, key=lambda row: row.line), content.name)
    _check_usable(problems, settings, content.name)
    if content.default_family:
        logger.info(
            "%d rows of %s name no family and form the family %r: their exams are about other problems of "
            "that file.",
            content.default_family,
            content.name,
            Path(content.name).stem,
        )
    report = _file_report(content, settings, "file" if given else "hash", problems)
    return problems, report


def _draw_from_pocket(settings: ProblemSettings, seed: int) -> tuple[pd.DataFrame, dict[str, Any]]:
    from lbt.pocket.problems import draw_problems

    problems = draw_problems(
        teaching=settings.teaching,
        exam_per_family=settings.exam_per_family,
        evaluation=settings.evaluation,
        lucky_share=settings.pocket.lucky_share,
        seed=seed,
    )
    report = {"source": "pocket", "rows_read": len(problems), "set_aside": [], "repeated": 0}
    return problems, report | _counts(problems)


def _judge_bad_rows(content: FileContent, settings: ProblemSettings) -> None:
    if content.bad and settings.bad_rows == "refuse":
        shown = "\n".join(f"  {_describe(content.name, bad)}" for bad in content.bad[:_SHOWN])
        more = f"\n  and {len(content.bad) - _SHOWN} more" if len(content.bad) > _SHOWN else ""
        raise DataError(
            f"{len(content.bad)} of {content.lines} rows of {settings.path} cannot be used:\n{shown}{more}\n"
            "Correct them, or set problems.bad_rows: set_aside to go on without them."
        )
    if not content.rows:
        first = f" The first: {_describe(content.name, content.bad[0])}." if content.bad else ""
        raise DataError(f"{settings.path} holds no usable row.{first}")
    if content.bad:
        logger.warning(
            "%d of %d rows of %s were set aside; the first: %s",
            len(content.bad),
            content.lines,
            content.name,
            _describe(content.name, content.bad[0]),
        )


def _describe(name: str, bad: BadRow) -> str:
    subject = bad.field if bad.field == "the whole row" else f"field '{bad.field}'"
    return f"{name}:{bad.line}: {subject} {bad.reason}"


def _table(rows: list[Row], name: str) -> pd.DataFrame:
    records = [
        (row.problem_id, row.family, row.question, row.answer, row.role, f"{name}:{row.line}", pd.NA)
        for row in rows
    ]
    return pd.DataFrame(records, columns=COLUMNS).astype({"lucky": "boolean"})


def _check_usable(problems: pd.DataFrame, settings: ProblemSettings, name: str) -> None:
    counts = Counter(problems["role"])
    for role in ROLES if settings.evaluation else ROLES[:2]:
        if not counts[role]:
            raise DataError(
                f"{name} has no {role} problem. Give some rows role: {role}, or give no row a role and each "
                "family at least three rows: then the split is made for you."
            )
    examined = set(problems.loc[problems["role"] == "exam", "family"])
    for row in problems[problems["role"] == "teaching"].itertuples():
        if row.family not in examined:
            raise DataError(
                f"{row.source}: the family {row.family!r} of this teaching problem has no exam problem, so "
                f"nothing could examine it. Add rows with role: exam to that family of {name}."
            )


def _file_report(
    content: FileContent, settings: ProblemSettings, split: str, problems: pd.DataFrame
) -> dict[str, Any]:
    report = {
        "source": settings.source,
        "file": content.name,
        "rows_read": content.lines,
        "set_aside": [{"row": bad.line, "field": bad.field, "reason": bad.reason} for bad in content.bad],
        "repeated": content.repeats,
        "not_drawn": len(content.rows) - len(problems),
        "ignored_fields": content.ignored_fields,
        "split": split,
    }
    return report | _counts(problems)


def _counts(problems: pd.DataFrame) -> dict[str, Any]:
    by_role = Counter(problems["role"])
    return {
        "problems": len(problems),
        "families": int(problems["family"].nunique()),
        "by_role": {role: by_role[role] for role in ROLES},
    }
