"""The generation store: every text that a model ever wrote for us, one row a sample, in one SQLite file.

Rows are only added and never changed: what is stored under a request key is what that request gives.
"""

import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

from lbt.errors import LbtError
from lbt.generation.requests import Completion

SCHEMA_VERSION = 1

_SCHEMA = """
CREATE TABLE generations (
    key TEXT NOT NULL,                -- request key, 64 hex digits
    sample_index INTEGER NOT NULL,
    model_identity TEXT NOT NULL,     -- hash of the model's content
    model TEXT NOT NULL,              -- its path or hub id
    text TEXT NOT NULL,
    finish_reason TEXT NOT NULL,      -- stop, length
    prompt_tokens INTEGER NOT NULL,
    tokens INTEGER NOT NULL,
    engine TEXT NOT NULL,
    engine_version TEXT NOT NULL,
    label TEXT NOT NULL,              -- the stage that asked first
    created_at REAL NOT NULL,         -- seconds since 1970
    PRIMARY KEY (key, sample_index)
)
"""
_INSERT = "INSERT OR IGNORE INTO generations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_SELECT = (
    "SELECT key, sample_index, text, finish_reason, prompt_tokens, tokens FROM generations WHERE key IN "
)
_KEYS_A_QUERY = 500
_WAIT_S = 60.0


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row's text comes from."""

    model_identity: str
    model: str
    engine: str
    engine_version: str
    label: str


Row = tuple[str, int, Completion]
"""Request key, sample index, and what the model wrote."""


class GenerationStore:
    """Completions by request key and sample index, kept in a SQLite file.

    The file and its folder are made when the store is first used. A kill at any moment leaves a good file
    with all that was put; several processes may read and put at the same time. Use as a context manager.

    Args:
        path: The file.

    Raises:
        LbtError: On first use: the file is no generation store, has another schema version, cannot be opened,
            or another process keeps it locked.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def get(self, keys: Iterable[str]) -> dict[str, dict[int, Completion]]:
        """All stored samples of these requests, by key and sample index; keys without any are left out."""
        found: dict[str, dict[int, Completion]] = {}
        for some in _chunks(keys, _KEYS_A_QUERY):
            query = f"{_SELECT} ({','.join('?' * len(some))})"
            for key, index, *completion in self._connection.execute(query, some):
                found.setdefault(key, {})[index] = Completion(*completion)
        return found

    def put(self, rows: Iterable[Row], origin: Origin) -> int:
        """Add samples in one transaction, and return how many are new; those there stay as they are."""
        now = time.time()
        values = [
            (
                key,
                index,
                origin.model_identity,
                origin.model,
                completion.text,
                completion.finish_reason,
                completion.prompt_tokens,
                completion.tokens,
                origin.engine,
                origin.engine_version,
                origin.label,
                now,
            )
            for key, index, completion in rows
        ]
        try:
            with self._connection as transaction:
                return transaction.executemany(_INSERT, values).rowcount
        except sqlite3.OperationalError as error:
            raise LbtError(
                f"{len(values)} generations could not be written to {self.path}: {error}. What was stored "
                "before is safe. Free disk space or end the other run that uses the store, then run again to "
                "continue."
            ) from error

    def count(self) -> int:
        """The number of stored samples."""
        return int(self._connection.execute("SELECT count(*) FROM generations").fetchone()[0])

    def close(self) -> None:
        """Release the file; the store opens it again when it is used again."""
        if "_connection" in self.__dict__:
            self._connection.close()
            del self._connection

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @cached_property
    def _connection(self) -> sqlite3.Connection:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self.path, timeout=_WAIT_S)
        except (OSError, sqlite3.OperationalError) as error:
            raise LbtError(f"The generation store {self.path} cannot be opened: {error}.") from error
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            # With WAL this is safe against a kill; a power cut can lose the last moments, not corrupt.
            connection.execute("PRAGMA synchronous=NORMAL")
            _prepare(connection, self.path)
        except sqlite3.OperationalError as error:
            connection.close()
            raise LbtError(
                f"The generation store {self.path} cannot be opened: {error}. It may be in use by another "
                "run, which has to end first, or its folder may be full or read-only."
            ) from error
        except sqlite3.DatabaseError as error:
            connection.close()
            raise LbtError(
                f"{self.path} cannot be used as a generation store: {error}. "
                "Move it away or name another file."
            ) from error
        except LbtError:
            connection.close()
            raise
        return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Make the table in a new file; refuse a file that is something else."""
    if _version(connection) == SCHEMA_VERSION:
        return
    with connection:
        # From here on no other process can make the table too.
        connection.execute("BEGIN IMMEDIATE")
        version = _version(connection)
        if version == 0 and not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            connection.execute(_SCHEMA)
            connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        elif version != SCHEMA_VERSION:
            age = "an older" if version < SCHEMA_VERSION else "a newer"
            raise LbtError(
                f"The generation store {path} has schema version {version}, of {age} version of this "
                f"program, which uses {SCHEMA_VERSION}. Use the version that made it, or move the file away "
                "to start a new store."
            )


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _chunks(items: Iterable[str], size: int) -> Iterator[Sequence[str]]:
    iterator = iter(items)
    while some := list(islice(iterator, size)):
        yield some
