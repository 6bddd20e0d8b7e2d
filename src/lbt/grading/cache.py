"""Verdicts that were found before, in a table of a SQLite file that may hold other tables too."""

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from lbt.errors import LbtError
from lbt.grading.verdicts import Attempt, Graded

_SCHEMA = """
CREATE TABLE IF NOT EXISTS verdicts (
    grader TEXT NOT NULL,             -- domain and version of rules and libraries
    gold TEXT NOT NULL,
    text_hash TEXT NOT NULL,          -- sha256 of the completion, 64 hex digits
    verdict TEXT NOT NULL,            -- correct, wrong, no_answer
    extracted TEXT,
    rule TEXT,
    PRIMARY KEY (grader, text_hash, gold)
) WITHOUT ROWID
"""
_INSERT = "INSERT OR IGNORE INTO verdicts VALUES (?, ?, ?, ?, ?, ?)"
_SELECT = "SELECT gold, text_hash, verdict, extracted, rule FROM verdicts WHERE grader = ? AND text_hash IN "
_HASHES_A_QUERY = 500
_WAIT_S = 60.0

Key = tuple[str, str]
"""Gold answer and hash of the completion."""


def attempt_hash(attempt: Attempt) -> str:
    """The name of a completion in the cache; one that was cut has another, as it gets other verdicts."""
    text = attempt.text + "\0cut" if attempt.cut else attempt.text
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class VerdictCache:
    """Verdicts by grader version, gold answer and completion. Use as a context manager.

    Errors are not kept: a comparison that ran out of time here may end on another machine.

    Args:
        path: The file; it is made if it is missing.

    Raises:
        LbtError: The file is no SQLite file, cannot be opened, or another process keeps it locked.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(self.path, timeout=_WAIT_S)
        except (OSError, sqlite3.OperationalError) as error:
            raise self._unusable(error) from error
        try:
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            self._connection.execute(_SCHEMA)
        except sqlite3.DatabaseError as error:
            self._connection.close()
            raise self._unusable(error) from error

    def get(self, grader: str, keys: Sequence[Key]) -> dict[Key, Graded]:
        """The verdicts that are there."""
        hashes = list(dict.fromkeys(name for _, name in keys))
        wanted = set(keys)
        found: dict[Key, Graded] = {}
        for start in range(0, len(hashes), _HASHES_A_QUERY):
            some = hashes[start : start + _HASHES_A_QUERY]
            query = f"{_SELECT} ({','.join('?' * len(some))})"
            for gold, name, *verdict in self._connection.execute(query, (grader, *some)):
                if (gold, name) in wanted:
                    found[gold, name] = Graded(*verdict)
        return found

    def put(self, grader: str, verdicts: Iterable[tuple[Key, Graded]]) -> None:
        """Keep verdicts other than errors, in one transaction; those there stay as they are."""
        rows = [
            (grader, gold, name, graded.verdict, graded.answer, graded.rule)
            for (gold, name), graded in verdicts
            if graded.verdict != "error"
        ]
        try:
            with self._connection as transaction:
                transaction.executemany(_INSERT, rows)
        except sqlite3.OperationalError as error:
            raise self._unusable(error) from error

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _unusable(self, error: Exception) -> LbtError:
        return LbtError(
            f"The verdict cache {self.path} cannot be used: {error}. End the other run that uses it, free "
            "disk space, or name another file; verdicts are found again without it."
        )
