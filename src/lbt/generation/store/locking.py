"""One process at a time writes into a generation store, and its threads may write together."""

import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from lbt.errors import LbtError

_LOOKS = 10


@dataclass
class _Hold:
    """A lock that this process has, and what its threads do under it."""

    lock: FileLock
    process: int
    began: float
    labels: list[str]


_holds: dict[Path, _Hold] = {}
_guard = threading.Lock()


@contextmanager
def only_writer(store: Path, label: str) -> Iterator[None]:
    """Keep all other processes from writing into a store, with the file `<store>.lock` beside it.

    The lock is the operating system's, which frees it when the process ends, however that happens. Blocks may
    be nested, and several threads may be in one at the same time.

    Args:
        store: The store's file; it need not be there yet.
        label: What this process is doing, for the message that another one gets.

    Raises:
        LbtError: Another process has the lock (says which), or the lock file cannot be made.
    """
    path = Path(f"{store.resolve()}.lock")
    with _guard:
        _enter(store, path, label)
    try:
        yield
    finally:
        with _guard:
            _leave(path, label)


def _enter(store: Path, path: Path, label: str) -> None:
    hold = _holds.get(path)
    if hold is None or hold.process != os.getpid():  # a forked process does not have its parent's lock
        hold = _Hold(_acquired(store, path), os.getpid(), time.time(), [])
        _holds[path] = hold
    hold.labels.append(label)
    _describe(path, hold)


def _leave(path: Path, label: str) -> None:
    hold = _holds[path]
    hold.labels.remove(label)
    if hold.labels:
        _describe(path, hold)
    else:
        del _holds[path]
        hold.lock.release()


def _acquired(store: Path, path: Path) -> FileLock:
    lock = FileLock(path, thread_local=False)  # the last thread to leave releases it, whichever took it
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(blocking=False)
    except Timeout:
        raise LbtError(
            f"{_holder(path)} is writing into the generation store {store}. Several runs may read a store at "
            "the same time, but only one may write. Wait until that run has ended, then run this again; or "
            "give this run its own data folder: set LBT_DATA=<folder>."
        ) from None
    except OSError as error:
        raise LbtError(
            f"The generation store {store} cannot be locked for writing: {error}. Make its folder writable, "
            "or free disk space, or name another data folder with LBT_DATA."
        ) from error
    return lock


def _describe(path: Path, hold: _Hold) -> None:
    doing = " and ".join(dict.fromkeys(hold.labels))
    note = {"process": hold.process, "host": socket.gethostname(), "began": hold.began, "doing": doing}
    with suppress(OSError):  # on a full disk the lock holds without its note
        path.write_text(json.dumps(note))


def _holder(path: Path) -> str:
    """The process that has the lock, as far as its note can be read."""
    for _ in range(_LOOKS):
        try:
            note = json.loads(path.read_text())
            began = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(note["began"]))
            return f"Process {note['process']} on {note['host']} ({note['doing']}, since {began})"
        except (OSError, ValueError, KeyError, TypeError):
            time.sleep(0.05)  # it may be about to write it
    return "Another process"
