"""Putting results into the store as they come."""

import time
from types import TracebackType
from typing import Self

from lbt.generation.engine import Generated
from lbt.generation.requests import Completion
from lbt.generation.store import GenerationStore, Origin, Row

COMMIT_EVERY_S = 1.0
"""A kill loses at most this much work, and what the engine is at."""
COMMIT_EVERY_ROWS = 1000

Stored = dict[str, dict[int, Completion]]
"""Completions by request key and sample index."""


class Recorder:
    """Takes an engine's results, commits them once a second and on leaving its `with` block, and counts.

    Args:
        store: Where completions are kept.
        origin: What is stored with every one of them.
        stored: Gets every completion too.
    """

    def __init__(self, store: GenerationStore, origin: Origin, stored: Stored) -> None:
        self._store = store
        self._origin = origin
        self._stored = stored
        self._waiting: list[Row] = []
        self._committed = time.monotonic()
        self.new = 0
        self.tokens = 0
        self.failures: dict[tuple[str, int], str] = {}
        """Reasons by request key and sample index; failures are not stored."""

    def add(self, result: Generated) -> None:
        """Take one result."""
        if result.completion is None:
            self.failures[result.key, result.sample_index] = result.failure
            return
        self._stored.setdefault(result.key, {})[result.sample_index] = result.completion
        self._waiting.append((result.key, result.sample_index, result.completion))
        self.new += 1
        self.tokens += result.completion.tokens
        if len(self._waiting) >= COMMIT_EVERY_ROWS or time.monotonic() - self._committed > COMMIT_EVERY_S:
            self._commit()

    def _commit(self) -> None:
        if self._waiting:
            self._store.put(self._waiting, self._origin)
        self._waiting, self._committed = [], time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._commit()
