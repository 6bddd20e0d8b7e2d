"""Write results into the store as they arrive."""

import time
from collections import Counter
from types import TracebackType
from typing import Self

from lbt.generation.engines.engine import Generated
from lbt.generation.store.generations import GenerationStore, Origin, StoredSample

COMMIT_EVERY_S = 1.0
"""A killed run loses at most this much work, and what the engine is working on."""
COMMIT_EVERY_ROWS = 1000
_KEPT_REASONS = 100


class Recorder:
    """Takes an engine's results, commits them once a second and on leaving its `with` block, and counts.

    Args:
        store: Where completions are kept.
        origin: What is stored with every one of them.
    """

    def __init__(self, store: GenerationStore, origin: Origin) -> None:
        self._store = store
        self._origin = origin
        self._waiting: list[StoredSample] = []
        self._committed = time.monotonic()
        self.new = 0
        self.tokens = 0
        self.failed: set[tuple[str, int]] = set()
        """Request key and sample index of what failed; failures are not stored."""
        self.reasons: Counter[str] = Counter()
        """How often each reason for a failure was given, the first hundred reasons."""

    def add(self, result: Generated) -> None:
        """Take one result."""
        if result.completion is None:
            self.fail(result.key, result.sample_index, result.failure)
            return
        self._waiting.append((result.key, result.sample_index, result.completion))
        self.tokens += result.completion.tokens
        if len(self._waiting) >= COMMIT_EVERY_ROWS or time.monotonic() - self._committed > COMMIT_EVERY_S:
            self.commit()

    def fail(self, key: str, sample_index: int, reason: str) -> None:
        """Note that a sample could not be generated."""
        self.failed.add((key, sample_index))
        if reason in self.reasons or len(self.reasons) < _KEPT_REASONS:
            self.reasons[reason] += 1

    def commit(self) -> None:
        """Put what waits into the store."""
        if self._waiting:
            self.new += self._store.put(self._waiting, self._origin)
        self._waiting, self._committed = [], time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.commit()
