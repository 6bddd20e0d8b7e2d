"""What the columns of all tables are made of, and how a table is made; `lbt.tables` has the tables."""

from collections.abc import Collection, Iterable
from typing import Any

import pandas as pd
import pandera.pandas as pa

VERDICTS = ["correct", "wrong", "no_answer", "truncated", "error"]
FINISH_REASONS = ["stop", "length", "error"]


def text(**options: object) -> pa.Column:
    """Words."""
    return pa.Column(str, **options)


def count(least: int = 0, **options: object) -> pa.Column:
    """A whole number."""
    return pa.Column(int, pa.Check.ge(least), **options)


def share(**options: object) -> pa.Column:
    """Between 0 and 1."""
    return pa.Column(float, pa.Check.in_range(0, 1), **options)


def verdict() -> pa.Column:
    """What grading found."""
    return pa.Column(str, pa.Check.isin(VERDICTS))


def finish_reason() -> pa.Column:
    """Why a text ended."""
    return pa.Column(str, pa.Check.isin(FINISH_REASONS))


def answer() -> dict[str, pa.Column]:
    """What every graded answer has, and what those of single domains have beside it."""
    return {
        "text": text(),  # the whole completion
        "answer": text(nullable=True),
        "verdict": verdict(),
        "finish_reason": finish_reason(),
        "tokens": count(),
        # of programs, if they were run
        "visible_share": share(nullable=True, required=False),  # of the visible tests, those that pass
        "hidden_share": share(nullable=True, required=False),
        "failed_test": text(nullable=True, required=False),  # the first one
        "failure": text(nullable=True, required=False),  # the last line of its exception
        "containment": text(nullable=True, required=False),  # what kept the program in
    }


def table(columns: dict[str, pa.Column], **options: object) -> pa.DataFrameSchema:
    """A schema that refuses columns beyond these."""
    return pa.DataFrameSchema(columns, strict=True, coerce=True, **options)


def make_table(
    schema: pa.DataFrameSchema, rows: Iterable[Any], optional: Collection[str] = ()
) -> pd.DataFrame:
    """A table with exactly the schema's columns, in their order and types, also without a row.

    Args:
        schema: One of this module.
        rows: A mapping or a tuple for each row.
        optional: Of the columns that are not required, those that the table has; others are left to the
            caller to add.
    """
    kinds = {
        name: column.dtype.type
        for name, column in schema.columns.items()
        if column.required or name in optional
    }
    return pd.DataFrame(list(rows), columns=list(kinds)).astype(kinds)
