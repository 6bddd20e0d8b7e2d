"""Verdicts that were found before, in the file of the generation store or one of their own."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from lbt.database import explained, open_database
from lbt.grading.verdicts import Attempt, Details, Graded

_INSERT = "INSERT OR IGNORE INTO verdicts VALUES (?, ?, ?, ?, ?, ?, ?)"
_SELECT = (
    "SELECT gold, text_hash, verdict, extracted, rule, details FROM verdicts "
    "WHERE grader = ? AND text_hash IN "
)
_HASHES_A_QUERY = 500
_LONGEST_GOLD = 1000
"""Characters of a gold answer that stands in the cache itself; longer ones, such as tests, by their hash."""

Key = tuple[str, str]
"""Gold answer and hash of the completion."""


def attempt_key(attempt: Attempt) -> Key:
    """What an attempt is called in the cache."""
    gold = attempt.gold if len(attempt.gold) <= _LONGEST_GOLD else f"sha256 {_hash(attempt.gold)}"
    return gold, attempt_hash(attempt)


def attempt_hash(attempt: Attempt) -> str:
    """The name of a completion in the cache.

    One that was cut has another, as it gets other verdicts, and so has an answer that was found in a text.
    """
    text = attempt.text + "\0cut" if attempt.cut else attempt.text
    return _hash(text if attempt.rule is None else text + "\0found")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class VerdictCache:
    """Verdicts by grader version, gold answer and completion. Use as a context manager.

    Errors are not kept: a comparison that ran out of time here may end on another machine.

    Args:
        path: The file; it is made if it is missing.

    Raises:
        LbtError: As `open_database`.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._connection = open_database(self.path)

    def get(self, grader: str, keys: Sequence[Key]) -> dict[Key, Graded]:
        """The verdicts that are there."""
        hashes = list(dict.fromkeys(name for _, name in keys))
        wanted = set(keys)
        found: dict[Key, Graded] = {}
        for start in range(0, len(hashes), _HASHES_A_QUERY):
            some = hashes[start : start + _HASHES_A_QUERY]
            query = f"{_SELECT} ({','.join('?' * len(some))})"
            for gold, name, verdict, answer, rule, details in self._connection.execute(
                query, (grader, *some)
            ):
                if (gold, name) in wanted:
                    kept = json.loads(details) if details else {}
                    found[gold, name] = Graded(verdict, answer, rule, kept)
        return found

    def put(self, grader: str, verdicts: Iterable[tuple[Key, Graded]]) -> None:
        """Keep verdicts other than errors, in one transaction; those there stay as they are."""
        rows = [
            (grader, gold, name, graded.verdict, graded.answer, graded.rule, _written(graded.details))
            for (gold, name), graded in verdicts
            if graded.verdict != "error"
        ]
        with explained(self.path, "Verdicts could not be written into"), self._connection as transaction:
            transaction.executemany(_INSERT, rows)

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _written(details: Details) -> str | None:
    return json.dumps(dict(details)) if details else None
