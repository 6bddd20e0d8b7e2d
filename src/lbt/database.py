"""The one SQLite file of all runs: what models wrote, how it was graded, and what SQLite's errors mean."""

import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from lbt.errors import LbtError

SCHEMA_VERSION = 3
WAIT_S = 30.0
"""How long an open or a write waits for another process that has the file locked."""
SILENT_S = 3.0
"""How long it waits without a word."""
_POLL_S = 0.1
"""How long SQLite waits by itself at each try."""

logger = logging.getLogger(__name__)

_NETWORK = frozenset(
    ("nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "glusterfs", "lustre", "gpfs", "beegfs", "panfs")
)
"""File systems, as Linux names them, that several machines may have open at the same time."""
_NETWORK_IN_USER_SPACE = frozenset(("sshfs", "glusterfs", "s3fs", "gcsfuse", "ceph", "juicefs", "rclone"))
_told: set[Path] = set()

_GENERATIONS = """
CREATE TABLE IF NOT EXISTS generations (
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
_VERDICTS = """
CREATE TABLE IF NOT EXISTS verdicts (
    grader TEXT NOT NULL,             -- domain and version of rules and libraries
    gold TEXT NOT NULL,               -- a long one by its hash
    text_hash TEXT NOT NULL,          -- sha256 of the completion or its answer, 64 hex digits
    verdict TEXT NOT NULL,            -- correct, wrong, no_answer
    extracted TEXT,
    rule TEXT,
    details TEXT,                     -- JSON: the domain's further columns of an answer, if it has any
    PRIMARY KEY (grader, text_hash, gold)
) WITHOUT ROWID
"""
_TABLES = {"generations", "verdicts"}
_DAMAGED = (
    "It is damaged or not a generation store: move it away to start a new one, or put a backup in its place; "
    "`sqlite3 FILE .recover` saves what can be read of a damaged store"
)
_UNWRITABLE = "Make the file and its folder readable and writable, or name another data folder with LBT_DATA"
_ADVICE = {
    sqlite3.SQLITE_FULL: "What is stored is safe: free disk space, then run again to continue",
    sqlite3.SQLITE_IOERR: "What is stored is safe: check whether its disk is full or failing, then run again "
    "to continue",
    sqlite3.SQLITE_BUSY: "What is stored is safe: another program has locked the file. Wait until it has "
    "finished, or end it; then run again to continue",
    sqlite3.SQLITE_CANTOPEN: _UNWRITABLE,
    sqlite3.SQLITE_READONLY: _UNWRITABLE,
    sqlite3.SQLITE_PERM: _UNWRITABLE,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
}


@contextmanager
def explained(path: Path, failure: str) -> Iterator[None]:
    """Turn SQLite's errors about the file at `path` into an LbtError: the failure, its cause, what to do."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if type(error) not in (sqlite3.DatabaseError, sqlite3.OperationalError):
            raise  # its subclasses are mistakes of the calling code
        # An extended code has the kind of the error in its lowest byte.
        advice = _ADVICE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, _DAMAGED)
        raise LbtError(f"{failure} {path}: {error}. {advice}.") from error


def open_database(path: Path) -> sqlite3.Connection:
    """Open a generation store's file; it and its folder are made if they do not exist.

    Raises:
        LbtError: The file is not a generation store, has another schema version, cannot be opened, or another
            process keeps it locked.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LbtError(f"The folder of the generation store {path} cannot be made: {error}.") from error
    with explained(path, "The generation store cannot be opened:"):
        connection = sqlite3.connect(path, timeout=_POLL_S, factory=_PatientConnection)
        try:
            if shared := network_file_system(path):
                _tell_of(shared, path)
                # SQLite's write-ahead log needs memory that all its users share, which machines do not.
                connection.execute("PRAGMA journal_mode=TRUNCATE")
                connection.execute("PRAGMA synchronous=FULL")
            else:
                # A write-ahead log: a kill leaves only whole transactions, and readers read beside a writer.
                connection.execute("PRAGMA journal_mode=WAL")
                # With WAL this is safe against a kill; a power cut can lose the last moments, not corrupt.
                # FULL would wait for the disk at every commit.
                connection.execute("PRAGMA synchronous=NORMAL")
            # Page size, cache and mmap stay SQLite's: with a million rows a larger cache sped up nothing, and
            # a memory map of a file that another program truncates ends the process.
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


def network_file_system(path: Path) -> str | None:
    """The kind of file system that a file is or would be on, if it is one of a network, such as "nfs4".

    None for any other; other systems than Linux may name it otherwise.
    """
    place = Path(os.path.realpath(path))
    mounts = [(Path(one.mountpoint), one.fstype) for one in psutil.disk_partitions(all=True)]
    over = [(len(mount.parts), kind) for mount, kind in mounts if place.is_relative_to(mount)]
    # Of the deepest the last one, which lies over the others.
    found = max(reversed(over), key=lambda one: one[0], default=(0, ""))[1]
    fuse, _, name = found.partition(".")
    network = found in _NETWORK or (fuse == "fuse" and name in _NETWORK_IN_USER_SPACE)
    return found if network else None


def _tell_of(kind: str, path: Path) -> None:
    if path not in _told:
        _told.add(path)
        logger.warning(
            "The generation store %s is on a network file system (%s), where SQLite's write-ahead log does "
            "not work. It is written without one, which is slower, and only as safe as that system's locks. "
            "Set LBT_STORE=<folder> to a folder on a local disk to keep the store there.",
            path,
            kind,
        )


class _PatientConnection(sqlite3.Connection):
    """Waits `WAIT_S` where another process has the file locked, and says so; SQLite would wait in silence.

    Where several processes open a new file at once, SQLite refuses all but one without waiting.
    """

    def execute(self, *arguments: Any) -> sqlite3.Cursor:
        return self._patiently(super().execute, arguments)

    def executemany(self, *arguments: Any) -> sqlite3.Cursor:
        return self._patiently(super().executemany, arguments)

    def _patiently(self, do: Callable[..., sqlite3.Cursor], arguments: tuple[Any, ...]) -> sqlite3.Cursor:
        began = time.monotonic()
        told = False
        while True:
            try:
                return do(*arguments)
            except sqlite3.OperationalError as error:
                waited = time.monotonic() - began
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or waited > WAIT_S:
                    raise
            if waited > SILENT_S and not told:
                logger.warning(
                    "Another program has locked the generation store; waiting %g s for it.", WAIT_S
                )
                told = True
            time.sleep(0.01)


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables in a new file, add what an older version did not have; refuse any other file."""
    if _version(connection) == SCHEMA_VERSION:
        return
    with connection:
        # From here on no other process can make the tables too.
        connection.execute("BEGIN IMMEDIATE")
        version = _version(connection)
        if version > SCHEMA_VERSION or not _tables(connection) <= _TABLES:
            what = f"has schema version {version}" if version else "holds tables of another program"
            raise LbtError(
                f"The generation store {path} {what}; this program uses version {SCHEMA_VERSION}. Use the "
                "version of the program that made it, or move the file away to start a new store."
            )
        # Version 1 had no verdicts, or made their table without a version; before 3 without details.
        connection.execute(_GENERATIONS)
        connection.execute(_VERDICTS)
        if "details" not in {column for _, column, *_ in connection.execute("PRAGMA table_info(verdicts)")}:
            connection.execute("ALTER TABLE verdicts ADD COLUMN details TEXT")
        connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")


def _tables(connection: sqlite3.Connection) -> set[str]:
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {name for (name,) in rows if not name.startswith("sqlite_")}


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
