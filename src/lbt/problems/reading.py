"""Read problem files line by line and name every row that cannot be used."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from lbt.errors import DataError
from lbt.grading import Domain, canonical_answer, read_number
from lbt.problems.texts import question_key

FileFormat = Literal["jsonl", "gsm8k"]
ROLES = ("teaching", "exam", "evaluation")
_KNOWN_FIELDS = {
    "jsonl": {"question", "answer", "family", "id", "role"},
    "gsm8k": {"question", "answer", "id", "role"},
}
_GSM8K_GOLD = re.compile(r"####([^\n]*)\s*\Z")


@dataclass(frozen=True)
class Row:
    """One usable line of a problem file; `role` is None where the file leaves the split to us."""

    line: int
    problem_id: str
    family: str
    question: str
    answer: str
    role: str | None


@dataclass(frozen=True)
class BadRow:
    """One unusable line: which field, and why."""

    line: int
    field: str
    reason: str


@dataclass
class FileContent:
    """What a problem file holds; `repeats` counts rows left out because an equal row came before."""

    name: str
    rows: list[Row] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    lines: int = 0
    repeats: int = 0
    default_family: int = 0
    ignored_fields: list[str] = field(default_factory=list)


class _Number(str):
    """A JSON number as it was written, so that no answer passes through a float."""


class _Unusable(Exception):
    def __init__(self, field: str, reason: str) -> None:
        self.field, self.reason = field, reason


def read_problem_file(path: Path, file_format: FileFormat, domain: Domain | None = None) -> FileContent:
    """All rows of `path`; with a domain, those whose answer it cannot read are bad.

    Raises DataError if the file is missing or holds no row, never for a bad row.
    """
    content = FileContent(path.name)
    ids: dict[str, int] = {}
    questions: dict[tuple[str, str | None], Row] = {}
    ignored: set[str] = set()
    for line, raw in _lines(path):
        content.lines += 1
        try:
            fields = _parse(raw)
            row = _row(line, fields, path.stem, file_format, domain)
            repeated = _compare_with_earlier(row, ids, questions)
        except _Unusable as problem:
            content.bad.append(BadRow(line, problem.field, problem.reason))
            continue
        ignored |= fields.keys() - _KNOWN_FIELDS[file_format]
        content.default_family += file_format == "jsonl" and fields.get("family") is None
        content.repeats += repeated
        if not repeated:
            content.rows.append(row)
    if content.lines == 0:
        raise DataError(f"{path} holds no rows. Give problems.path a file with one JSON object a line.")
    content.ignored_fields = sorted(ignored)
    return content


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(
            f"The problem file {path} cannot be read ({error.strerror}). "
            "Set problems.path to an existing file."
        ) from error
    # Not splitlines(): a question may hold U+2028, which that takes for the end of a line.
    for number, raw in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if raw.strip():
            yield number, raw


def _parse(raw: bytes) -> dict[str, Any]:
    try:
        value = json.loads(
            raw.decode("utf-8"), parse_int=_Number, parse_float=_Number, parse_constant=lambda name: None
        )
    except UnicodeDecodeError as error:
        raise _Unusable("the whole row", f"is not UTF-8 (byte {error.start + 1})") from error
    except json.JSONDecodeError as error:
        raise _Unusable("the whole row", f"is not valid JSON (column {error.colno}: {error.msg})") from error
    except RecursionError as error:
        raise _Unusable("the whole row", "is nested too deeply to be a problem") from error
    if not isinstance(value, dict):
        raise _Unusable("the whole row", f"must be a JSON object, not {_kind(value)}")
    return value


def _row(line: int, fields: dict[str, Any], stem: str, file_format: FileFormat, domain: Domain | None) -> Row:
    question = _text(fields, "question", numbers=False)
    answer = _text(fields, "answer", numbers=file_format == "jsonl")
    family = _optional(fields, "family") if file_format == "jsonl" else None
    role = _optional(fields, "role", numbers=False)
    if role is not None and role not in ROLES:
        raise _Unusable("role", f"is {role!r}; it may be {', '.join(ROLES)}")
    if file_format == "gsm8k":
        answer = _gsm8k_gold(answer)
    if domain is not None and canonical_answer(domain, answer) is None:
        hint = "; for answers in words set domain: text" if domain == "number" else ""
        raise _Unusable("answer", f"is {answer[:40]!r}, which is no {domain} that can be compared{hint}")
    problem_id = _optional(fields, "id") or f"{stem}-{line}"
    return Row(line, problem_id, family or stem, question, answer, role)


def _optional(fields: dict[str, Any], name: str, numbers: bool = True) -> str | None:
    return None if fields.get(name) is None else _text(fields, name, numbers)


def _text(fields: dict[str, Any], name: str, numbers: bool = True) -> str:
    value = fields.get(name)
    if value is None:
        raise _Unusable(name, "is missing" if name not in fields else "is null")
    if not isinstance(value, str) or (isinstance(value, _Number) and not numbers):
        expected = "text or a number" if numbers else "text"
        raise _Unusable(name, f"must be {expected}, not {_kind(value)}")
    if not value.strip():
        raise _Unusable(name, "is empty")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise _Unusable(name, "holds half a character (a lone surrogate)") from error
    return str(value).strip()


def _kind(value: Any) -> str:
    kinds = {_Number: "a number", str: "text", bool: "true/false", list: "a list", dict: "an object"}
    return kinds.get(type(value), "null")


def _gsm8k_gold(answer: str) -> str:
    """The number after the last "####", without thousands commas."""
    found = _GSM8K_GOLD.search(answer)
    if found is None or not found[1].strip():
        raise _Unusable("answer", 'does not end with "#### <number>", as GSM8K answers do')
    gold = found[1].strip().replace(",", "")
    if read_number(gold) is None:
        raise _Unusable("answer", f'ends with "#### {gold[:40]}", which is not a number')
    return gold


def _compare_with_earlier(
    row: Row, ids: dict[str, int], questions: dict[tuple[str, str | None], Row]
) -> bool:
    """Whether the row repeats an earlier one; raises if it contradicts one or takes its id.

    Rows of different roles are not compared here: that is a leak, which `check_leakage` names as such.
    """
    if row.problem_id in ids:
        raise _Unusable("id", f"is {row.problem_id!r}, which line {ids[row.problem_id]} has already")
    earlier = questions.get((question_key(row.question), row.role))
    if earlier is not None and not _same_answer(earlier.answer, row.answer):
        raise _Unusable(
            "question",
            f"is the question of line {earlier.line}, but with another answer "
            f"({row.answer[:40]!r}, not {earlier.answer[:40]!r})",
        )
    ids[row.problem_id] = row.line
    questions.setdefault((question_key(row.question), row.role), row)
    return earlier is not None


def _same_answer(one: str, other: str) -> bool:
    if one == other:
        return True
    value = read_number(one)
    return value is not None and value == read_number(other)
