"""Show what a generation store contains, and delete from it."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pandas as pd

from lbt.database import explained
from lbt.errors import LbtError
from lbt.generation.store.generations import GenerationStore

log = logging.getLogger(__name__)

_GROUPS = {
    "model": "model",
    "model_identity": "model_identity",
    "label": "label",
    "date": "date(created_at, 'unixepoch')",
    "engine": "engine",
    "engine_version": "engine_version",
    "finish_reason": "finish_reason",
}
_SUMS = {
    "rows": "count(*)",
    "prompt_tokens": "sum(prompt_tokens)",
    "tokens": "sum(tokens)",
    "text_mb": "sum(length(CAST(text AS BLOB))) / 1e6",
    "first": "min(created_at)",
    "last": "max(created_at)",
}
_ROWS_A_TRANSACTION = 20_000


def overview(store: GenerationStore, by: Sequence[str] = ("model", "label", "date")) -> pd.DataFrame:
    """What a store holds, one row a group, in the groups' order.

    Args:
        store: The store.
        by: Any of model, model_identity, label (the stage that asked first), date (UTC), engine,
            engine_version and finish_reason.

    Returns:
        The columns named in `by`; then rows, prompt_tokens (a prompt counts once for each of its samples),
        tokens, text_mb (texts alone, in 10^6 bytes), first and last (when it was stored, UTC).

    Raises:
        LbtError: There is no such column.
    """
    if not by or not set(by) <= set(_GROUPS):
        raise LbtError(
            f"A store cannot be shown by {', '.join(by) or 'nothing'}: choose from {', '.join(_GROUPS)}."
        )
    columns = ", ".join([*(_GROUPS[name] for name in by), *_SUMS.values()])
    order = ", ".join(str(number) for number in range(1, len(by) + 1))
    with explained(store.path, "The generation store cannot be read:"):
        groups = store.connection.execute(
            f"SELECT {columns} FROM generations GROUP BY {order} ORDER BY {order}"
        )
        table = pd.DataFrame(groups.fetchall(), columns=[*by, *_SUMS])
    for name in ("first", "last"):
        table[name] = pd.to_datetime(table[name].astype(float), unit="s", utc=True)
    return table


def prune(
    store: GenerationStore,
    model: str | None = None,
    label: str | None = None,
    older_than: timedelta | None = None,
    dry_run: bool = False,
) -> int:
    """Delete the rows that meet all conditions and give their space back to the disk; logs how much that is.

    Args:
        store: The store; no other process may be writing into it.
        model: The models' path or hub id, as `overview` shows it, or the end of it: student_weak is
            src/lbt/pocket/models/student_weak.
        label: The stage that asked first.
        older_than: How long ago a row was stored at least.
        dry_run: Only count.

    Returns:
        The number of rows deleted; in a dry run, of rows that would be.

    Raises:
        LbtError: No condition is given, nothing of that model or stage is stored, or another process writes.
    """
    where, values = _conditions(store, model, label, older_than)
    if dry_run:
        with explained(store.path, "The generation store cannot be read:"):
            query = f"SELECT count(*) FROM generations WHERE {where}"
            return int(store.connection.execute(query, values).fetchone()[0])
    with store.writing("pruning"):
        before = disk_bytes(store.path)
        rows = _delete(store, where, values)
        if rows:
            _shrink(store)
        freed = (before - disk_bytes(store.path)) / 1e6
        log.info("%d rows are deleted from %s; it is %.1f MB smaller", rows, store.path, freed)
    return rows


def find_models(store: GenerationStore, name: str) -> list[str]:
    """The stored models whose path or hub id is this name or ends with it, from a slash on.

    Raises:
        LbtError: Nothing of such a model is stored.
    """
    return _stored(store, "model", name, lambda model: f"/{model}".endswith(f"/{name}"))


def disk_bytes(path: Path) -> int:
    """The size of a store's file with its write-ahead log."""
    return sum(file.stat().st_size for file in (path, Path(f"{path}-wal")) if file.is_file())


def _conditions(
    store: GenerationStore, model: str | None, label: str | None, older_than: timedelta | None
) -> tuple[str, list[str | float]]:
    """The WHERE clause and its values."""
    terms: list[str] = []
    values: list[str | float] = []
    if model is not None:
        models = find_models(store, model)
        terms.append(f"model IN ({', '.join('?' * len(models))})")
        values.extend(models)
    if label is not None:
        terms.append("label = ?")
        values.extend(_stored(store, "label", label, lambda stored: stored == label))
    if older_than is not None:
        if older_than < timedelta():
            raise LbtError("The age of the rows to delete cannot be negative.")
        terms.append("created_at <= ?")
        values.append(time.time() - older_than.total_seconds())
    if not terms:
        raise LbtError("Name a model, a label or an age; without one, the whole store would be deleted.")
    return " AND ".join(terms), values


def _stored(store: GenerationStore, column: str, wanted: str, meant: Callable[[str], bool]) -> list[str]:
    """The values of a column that are meant; it is an error if there is none."""
    with explained(store.path, "The generation store cannot be read:"):
        rows = store.connection.execute(f"SELECT DISTINCT {column} FROM generations ORDER BY 1").fetchall()
    known = [value for (value,) in rows]
    found = [value for value in known if meant(value)]
    if not found:
        raise LbtError(
            f"Nothing with {column} {wanted!r} is in the generation store {store.path}. "
            f"It holds: {', '.join(known) or 'nothing'}."
        )
    return found


def _delete(store: GenerationStore, where: str, values: Sequence[str | float]) -> int:
    """Delete in small transactions, so that the log stays small where the disk is nearly full."""
    rows = 0
    with explained(store.path, "Not all rows could be deleted from the generation store"):
        for first, last in _windows(store):
            with store.connection as transaction:
                query = f"DELETE FROM generations WHERE rowid BETWEEN ? AND ? AND {where}"
                rows += transaction.execute(query, [first, last, *values]).rowcount
    return rows


def _windows(store: GenerationStore) -> Iterator[tuple[int, int]]:
    first, last = store.connection.execute("SELECT min(rowid), max(rowid) FROM generations").fetchone()
    if first is not None:
        for start in range(first, last + 1, _ROWS_A_TRANSACTION):
            yield start, start + _ROWS_A_TRANSACTION - 1


def _shrink(store: GenerationStore) -> None:
    failed = (
        "The rows are deleted, and new ones will take their space, but the file could not be made smaller:"
    )
    with explained(store.path, failed):
        store.connection.execute("VACUUM")
        # Brings the smaller file out of the log; what a reader is still at waits for the next one who closes.
        store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
