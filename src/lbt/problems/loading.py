"""Load the problems table from files or a dataset."""

import logging
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pandas as pd

from lbt.errors import DataError
from lbt.grading import Domain, runs_programs
from lbt.problems.code import check_references
from lbt.problems.counts import report_of
from lbt.problems.gathering import Gathered, gather
from lbt.problems.rows import ROLES, Problem
from lbt.problems.settings import CODE_SOURCES, ProblemSettings
from lbt.problems.splits import draw, draw_per_family

logger = logging.getLogger(__name__)

COLUMNS = ["problem_id", "family", "question", "answer", "role", "source", "lucky"]
OPTIONAL_COLUMNS = {"level": "Int64", "subject": "str"}
_SHOWN = 10


def load_problems(
    settings: ProblemSettings,
    seed: int,
    domain: Domain | None = None,
    examined_by_family: bool = True,
    needs_exam_problems: bool = True,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The problems table (one row a problem, with its role) and a JSON-ready report of the ingest.

    The columns level and subject are there if a problem has one. With `examined_by_family`, every teaching
    problem's family must have an exam problem; other exam makers need none. Without `needs_exam_problems` no
    problem need have the role exam: teaching problems examine each other.

    Raises DataError for a missing or empty file, for unusable rows (all are named; with
    `bad_rows: set_aside` they are reported instead), for roles on some rows only, and for a file that
    leaves a role or a teaching problem's exam empty. With a grading domain, a row whose answer the domain
    cannot read is unusable too: no answer to it could be right.
    """
    _check_domain(settings, domain)
    gathered = gather(settings, seed, domain, needs_exam_problems)
    _try_references(gathered, settings, domain)
    _judge_bad_rows(gathered, settings)
    rows = gathered.rows
    drawn = (
        draw(rows, "teaching", settings.teaching, seed)
        + draw_per_family(rows, "exam", settings.exam_per_family, seed)
        + draw(rows, "evaluation", settings.evaluation, seed)
    )
    problems = _table(sorted(drawn, key=lambda row: row.position))
    optional = {"exam": not needs_exam_problems, "evaluation": not settings.evaluation}
    _check_roles(problems, [role for role in ROLES if not optional.get(role)], gathered.name)
    if examined_by_family and needs_exam_problems:
        _check_families(problems, gathered.name)
    _tell_of_default_family(gathered, settings)
    return problems, report_of(gathered, settings.source, problems)


def _check_domain(settings: ProblemSettings, domain: Domain | None) -> None:
    if settings.source in CODE_SOURCES and domain is not None and not runs_programs(domain):
        raise DataError(
            f"The answers of problems.source: {settings.source} are programs, and domain is {domain.name}. "
            "Set domain: code."
        )


def _try_references(gathered: Gathered, settings: ProblemSettings, domain: Domain | None) -> None:
    """Run the solutions that come with code problems against the tests, if there are any."""
    if not runs_programs(domain) or settings.source not in CODE_SOURCES:
        return
    rows, bad, dropped = check_references(gathered.rows, domain, settings.code.check_references)
    gathered.rows = rows
    files = list(gathered.account.rows_by_file)
    gathered.account.bad = sorted(
        [*gathered.account.bad, *bad], key=lambda row: (files.index(row.place.file), row.place.line)
    )
    gathered.counts["tests_left_out"] = dropped
    if dropped:
        logger.info(
            "%d tests that the solution itself contradicts, or cannot answer, were left out.", dropped
        )


def _judge_bad_rows(gathered: Gathered, settings: ProblemSettings) -> None:
    bad, lines = gathered.account.bad, gathered.account.lines
    if bad and settings.bad_rows == "refuse":
        shown = "\n".join(f"  {row}" for row in bad[:_SHOWN])
        more = f"\n  and {len(bad) - _SHOWN} more" if len(bad) > _SHOWN else ""
        where = settings.path if len(gathered.account.rows_by_file) == 1 else _files(gathered)
        raise DataError(
            f"{len(bad)} of {lines} rows of {where} cannot be used:\n{shown}{more}\n"
            "Correct them, or set problems.bad_rows: set_aside to continue without them."
        )
    if not gathered.rows:
        first = f" The first: {bad[0]}." if bad else ""
        raise DataError(f"{settings.path} holds no usable row.{first}")
    if bad:
        logger.warning(
            "%d of %d rows of %s were set aside; the first: %s", len(bad), lines, _files(gathered), bad[0]
        )


def _files(gathered: Gathered) -> str:
    return ", ".join(gathered.account.rows_by_file)


def _table(rows: list[Problem]) -> pd.DataFrame:
    records = [
        (row.problem_id, row.family, row.question, row.answer, row.role, str(row.place), pd.NA)
        for row in rows
    ]
    table = pd.DataFrame(records, columns=COLUMNS).astype({"lucky": "boolean"})
    for name, kind in OPTIONAL_COLUMNS.items():
        values = [getattr(row, name) for row in rows]
        if any(value is not None for value in values):
            table[name] = pd.Series(values, dtype=kind)
    return table


def _check_roles(problems: pd.DataFrame, needed: Sequence[str], name: str) -> None:
    counts = Counter(problems["role"])
    for role in needed:
        if not counts[role]:
            raise DataError(
                f"{name} has no {role} problem. Give some rows role: {role}, or give no row a role and each "
                "family at least three rows: then the split is made for you."
            )


def _check_families(problems: pd.DataFrame, name: str) -> None:
    examined = set(problems.loc[problems["role"] == "exam", "family"])
    for row in problems[problems["role"] == "teaching"].itertuples():
        if row.family not in examined:
            raise DataError(
                f"{row.source}: the family {row.family!r} of this teaching problem has no exam problem, so "
                f"nothing could examine it. Add rows with role: exam to that family of {name}."
            )


def _tell_of_default_family(gathered: Gathered, settings: ProblemSettings) -> None:
    if gathered.account.default_family:
        logger.info(
            "%d rows of %s name no family and form the family %r: their exams are about other problems of "
            "that file.",
            gathered.account.default_family,
            gathered.name,
            gathered.default_family,
        )
