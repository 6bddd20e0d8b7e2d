"""The generation store: every text that a model has written, one row per sample, in one SQLite file.

Rows are only added and never changed: what is stored under a request key is what that request gives.
"""

import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from lbt.database import explained, open_database
from lbt.generation.requests import Completion
from lbt.generation.store.locking import only_writer

_INSERT = "INSERT OR IGNORE INTO generations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_COMPLETIONS = "key, sample_index, text, finish_reason, prompt_tokens, tokens"
_KEYS_A_QUERY = 500
_UNREADABLE = "The generation store cannot be read:"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row's text comes from."""

    model_identity: str
    model: str
    engine: str
    engine_version: str
    label: str


StoredSample = tuple[str, int, Completion]
"""Request key, sample index, and what the model wrote."""


class GenerationStore:
    """Completions by request key and sample index, kept in a SQLite file.

    The file and its folder are made when the store is first used. A kill at any moment leaves a good file
    with all that was put; several processes may read and put at the same time. A run that puts keeps others
    from doing so with `writing`. Use as a context manager, and each thread its own store object.

    Args:
        path: The file.

    Raises:
        LbtError: On first use: the file is not a store, has another schema version, cannot be opened,
            or another process keeps it locked.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def get(self, keys: Iterable[str]) -> dict[str, dict[int, Completion]]:
        """All stored samples of these requests, by key and sample index; keys without any are left out."""
        found: dict[str, dict[int, Completion]] = {}
        for key, index, *completion in self._select(_COMPLETIONS, keys):
            found.setdefault(key, {})[index] = Completion(*completion)
        return found

    def indices(self, keys: Iterable[str]) -> dict[str, set[int]]:
        """Which samples of these requests are stored, by key; no text is read."""
        found: dict[str, set[int]] = {}
        for key, index in self._select("key, sample_index", keys):
            found.setdefault(key, set()).add(index)
        return found

    def _select(self, columns: str, keys: Iterable[str]) -> Iterator[tuple[Any, ...]]:
        for some in _chunks(keys, _KEYS_A_QUERY):
            marks = ",".join("?" * len(some))
            query = f"SELECT {columns} FROM generations WHERE key IN ({marks})"
            with explained(self.path, _UNREADABLE):
                yield from self.connection.execute(query, some)

    def put(self, rows: Iterable[StoredSample], origin: Origin) -> int:
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
        failed = f"{len(values)} generations could not be written into the generation store"
        with explained(self.path, failed), self.connection as transaction:
            return transaction.executemany(_INSERT, values).rowcount

    def writing(self, label: str) -> AbstractContextManager[None]:
        """A `with` block in which no other process writes into this store; putting does not need it.

        Blocks may be nested and threads of one process share it. A killed process does not leave it locked.

        Args:
            label: What this process is doing, which the other one's message says.

        Raises:
            LbtError: On entering: another process is in such a block; says which, since when, what it does.
        """
        return only_writer(self.path, label)

    def count(self) -> int:
        """The number of stored samples."""
        with explained(self.path, _UNREADABLE):
            return int(self.connection.execute("SELECT count(*) FROM generations").fetchone()[0])

    def close(self) -> None:
        """Release the file; the store opens it again when it is used again."""
        if "connection" in self.__dict__:
            self.connection.close()
            del self.connection

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @cached_property
    def connection(self) -> sqlite3.Connection:
        """The opened file, for other questions to its one table, `generations`."""
        return open_database(self.path)


def _chunks(items: Iterable[str], size: int) -> Iterator[Sequence[str]]:
    iterator = iter(items)
    while some := list(islice(iterator, size)):
        yield some
