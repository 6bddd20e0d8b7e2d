"""A problem as it was read, and the checks of its fields."""

import json
from dataclasses import dataclass, field
from typing import Any, NamedTuple

ROLES = ("teaching", "exam", "evaluation")


@dataclass(frozen=True)
class Reference:
    """A solution that comes with a code problem, against which the problem's tests are checked.

    Args:
        program: Its text.
        field: The row's field that holds it.
        lenient: Whether the visible tests are examples of the question, which may be wrong.
        unanswered: How a test compares, where the tests are calls whose results the solution gives: Python
            with {call} and {expected} in it; equality if empty.
    """

    program: str
    field: str
    lenient: bool = False
    unanswered: str | None = None


class Posed(NamedTuple):
    """A row as a problem: what is asked, and what is known of the right answer."""

    question: str
    answer: str
    reference: Reference | None = None


class Place(NamedTuple):
    """Where a problem stands: a file, and the line in it unless the file is the problem."""

    file: str
    line: int | None

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Problem:
    """One usable problem; `role` is None where the file leaves the split to us.

    `position` counts the rows of all files as they were read.
    """

    position: int
    place: Place
    problem_id: str
    family: str
    question: str
    answer: str
    role: str | None
    level: int | None = None
    subject: str | None = None
    reference: Reference | None = None


@dataclass(frozen=True)
class BadRow:
    """One unusable row: which field, and why."""

    place: Place
    field: str
    reason: str

    def __str__(self) -> str:
        subject = self.field if self.field == WHOLE_ROW else f"field '{self.field}'"
        return f"{self.place}: {subject} {self.reason}"


@dataclass
class Account:
    """What was seen in all files together; `repeats` counts rows that ask what an earlier one asks."""

    lines: int = 0
    repeats: int = 0
    left_out: int = 0
    default_family: int = 0
    bad: list[BadRow] = field(default_factory=list)
    ignored_fields: set[str] = field(default_factory=set)
    rows_by_file: dict[str, int] = field(default_factory=dict)


class Number(str):
    """A number as it was written, so that no answer passes through a float."""


class Constant:
    """NaN or an infinity, which no answer is."""

    def __init__(self, name: str) -> None:
        self.value = float(name)


class Unusable(Exception):
    """A row cannot be used because of one field."""

    def __init__(self, field: str, reason: str) -> None:
        self.field, self.reason = field, reason


WHOLE_ROW = "the whole row"
LONGEST_ROW = 1_000_000
"""Bytes. Questions are compared in several forms, which takes a second for each million."""


def parse_object(raw: bytes, longest: int = LONGEST_ROW) -> dict[str, Any]:
    """The fields of one JSON object; raises Unusable if the bytes are none, or more than `longest`."""
    if len(raw) > longest:
        raise Unusable(
            WHOLE_ROW,
            f"has {len(raw):,} bytes, but a problem may have at most {longest:,}; is a line break missing?",
        )
    try:
        value = json.loads(
            raw.decode("utf-8"),
            parse_int=Number,
            parse_float=Number,
            parse_constant=Constant,
            object_pairs_hook=_fields,
        )
    except UnicodeDecodeError as error:
        raise Unusable(WHOLE_ROW, f"is not UTF-8 (byte {error.start + 1})") from error
    except json.JSONDecodeError as error:
        at = f"line {error.lineno}, " if error.lineno > 1 else ""
        raise Unusable(WHOLE_ROW, f"is not valid JSON ({at}column {error.colno}: {error.msg})") from error
    except RecursionError as error:
        raise Unusable(WHOLE_ROW, "is nested too deeply to be a problem") from error
    if not isinstance(value, dict):
        raise Unusable(WHOLE_ROW, f"must be a JSON object, not {kind_of(value)}")
    return value


def _fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in fields if names.count(name) > 1)
        raise Unusable(twice, "occurs more than once in the row")
    return fields


def kind_of(value: Any) -> str:
    """What a JSON value is, for a message."""
    kinds = {Number: "a number", str: "text", bool: "true/false", list: "a list", dict: "an object"}
    return kinds.get(type(value), "null")
