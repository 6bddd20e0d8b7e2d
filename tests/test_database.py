"""The one file of a store: older ones are taken over with all that they hold, others are left alone."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from lbt import database
from lbt.database import SCHEMA_VERSION, open_database
from lbt.errors import LbtError
from lbt.generation import Completion, GenerationStore, Origin
from lbt.grading import Attempt, Graded, domain_named, grade_many
from lbt.grading.cache import VerdictCache

# As the program wrote them when its schema had version 1, and verdicts none.
VERSION_1 = """
CREATE TABLE generations (
    key TEXT NOT NULL, sample_index INTEGER NOT NULL, model_identity TEXT NOT NULL, model TEXT NOT NULL,
    text TEXT NOT NULL, finish_reason TEXT NOT NULL, prompt_tokens INTEGER NOT NULL, tokens INTEGER NOT NULL,
    engine TEXT NOT NULL, engine_version TEXT NOT NULL, label TEXT NOT NULL, created_at REAL NOT NULL,
    PRIMARY KEY (key, sample_index)
);
INSERT INTO generations VALUES
    ('a', 0, 'hash', 'models/tiny', 'so 4', 'stop', 12, 7, 'transformers', '5.0', 'teaching', 1.8e9);
PRAGMA user_version=1;
"""
VERDICTS = """
CREATE TABLE verdicts (
    grader TEXT NOT NULL, gold TEXT NOT NULL, text_hash TEXT NOT NULL, verdict TEXT NOT NULL,
    extracted TEXT, rule TEXT, PRIMARY KEY (grader, text_hash, gold)
) WITHOUT ROWID;
INSERT INTO verdicts VALUES ('math 1', '4', 'hash of a text', 'correct', '4', 'boxed');
"""
OTHERS = "CREATE TABLE cats (name TEXT)"


def make(path: Path, script: str) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
    return path


def content(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


@pytest.mark.parametrize("script", [VERSION_1, VERSION_1 + VERDICTS], ids=["without", "with verdicts"])
def test_a_store_of_version_1_answers_and_takes_more(tmp_path: Path, script: str) -> None:
    path = make(tmp_path / "store.sqlite", script)
    before = {line for line in content(path) if line.startswith("INSERT")}
    with GenerationStore(path) as store:
        assert store.get(["a"]) == {"a": {0: Completion("so 4", "stop", 12, 7)}}
    grade_many(domain_named("math"), [Attempt("4", r"\boxed{4}", cut=False)], cache=path)
    after = {line.replace(",NULL);", ");") for line in content(path)}  # verdicts have details now, if any
    assert before < after
    with GenerationStore(path) as store:
        assert store.count() == 1


def test_a_file_that_held_verdicts_alone_becomes_a_store(tmp_path: Path) -> None:
    path = make(tmp_path / "store.sqlite", VERDICTS)
    with GenerationStore(path) as store:
        assert store.count() == 0
        rows = store.connection.execute("SELECT grader, verdict FROM verdicts").fetchall()
    assert rows == [("math 1", "correct")]


def test_verdicts_may_come_first_and_generations_after(tmp_path: Path) -> None:
    path = tmp_path / "new" / "store.sqlite"
    grade_many(domain_named("math"), [Attempt("4", r"\boxed{4}", cut=False)], cache=path)
    with GenerationStore(path) as store:
        assert store.count() == 0


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (f"PRAGMA user_version={SCHEMA_VERSION + 1}", f"has schema version {SCHEMA_VERSION + 1}"),
        (OTHERS, "holds tables of another program"),
        (OTHERS + "; PRAGMA user_version=1", "has schema version 1"),
    ],
    ids=["a newer version", "another program's", "another program's with a version"],
)
def test_any_other_file_is_refused_and_left_alone(tmp_path: Path, script: str, said: str) -> None:
    path = make(tmp_path / "other.sqlite", script)
    before = content(path)
    with pytest.raises(LbtError, match=rf"other\.sqlite {said}; .* move the file away to start a new store"):
        open_database(path)
    assert content(path) == before


# As the program wrote it at schema version 2: verdicts without details.
VERSION_2 = (
    VERSION_1.replace("user_version=1", "user_version=2")
    + """
CREATE TABLE verdicts (
    grader TEXT NOT NULL,             -- domain and version of rules and libraries
    gold TEXT NOT NULL,
    text_hash TEXT NOT NULL,          -- sha256 of the completion, 64 hex digits
    verdict TEXT NOT NULL,            -- correct, wrong, no_answer
    extracted TEXT,
    rule TEXT,
    PRIMARY KEY (grader, text_hash, gold)
) WITHOUT ROWID;
"""
)


def test_a_store_of_version_2_keeps_its_answers_and_its_verdicts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make(tmp_path / "store.sqlite", VERSION_2)
    math, attempt = domain_named("math"), Attempt("4", r"\boxed{4}")
    text = hashlib.sha256(attempt.text.encode()).hexdigest()
    with closing(sqlite3.connect(path)) as connection, connection:
        # A verdict that no grader gives: what comes back is what was kept.
        row = (math.version(), "4", text, "wrong", "kept", "kept")
        connection.execute("INSERT INTO verdicts VALUES (?, ?, ?, ?, ?, ?)", row)
    with GenerationStore(path) as store:
        assert store.get(["a"]) == {"a": {0: Completion("so 4", "stop", 12, 7)}}
    monkeypatch.setattr(
        type(math), "grade", lambda self, attempts: [pytest.fail("asked again") for _ in attempts]
    )
    assert grade_many(math, [attempt], cache=path) == [Graded("wrong", "kept", "kept")]


def test_details_are_kept_in_a_store_that_had_none(tmp_path: Path) -> None:
    path = make(tmp_path / "store.sqlite", VERSION_2)
    kept = Graded("wrong", "x = 1", "block", {"visible_share": 0.5, "failure": "AssertionError", "a": None})
    with VerdictCache(path) as verdicts:
        verdicts.put("code 1", [(("gold", "hash"), kept)])
        assert verdicts.get("code 1", [("gold", "hash")]) == {("gold", "hash"): kept}


MOUNTS = {
    "/": "overlay",
    "/home": "ext4",
    "/home/shared data": "nfs4",
    "/home/shared data/fast": "tmpfs",
    "/mnt/far": "fuse.sshfs",
    "/mnt/near": "fuse.appimage",
}


def mounted(where: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    there = [SimpleNamespace(mountpoint=point, fstype=kind) for point, kind in where.items()]
    monkeypatch.setattr(psutil, "disk_partitions", lambda all: there)


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("/home/me/store.sqlite", None),
        ("/home/shared data/run/store.sqlite", "nfs4"),
        ("/home/shared data/fast/store.sqlite", None),
        ("/mnt/far/store.sqlite", "fuse.sshfs"),
        ("/mnt/near/store.sqlite", None),
        ("/elsewhere/store.sqlite", None),
    ],
)
def test_a_network_file_system_is_known_by_its_mount(
    file: str, kind: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounted(MOUNTS, monkeypatch)
    assert database.network_file_system(Path(file)) == kind


def test_on_a_network_file_system_the_store_works_without_a_log_and_says_what_moves_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    mounted({"/": "ext4", str(tmp_path): "nfs"}, monkeypatch)
    path = tmp_path / "store.sqlite"
    origin = Origin("hash", "m", "scripted", "1", "exams")
    for _ in range(2):
        with GenerationStore(path) as store:
            store.put([("a" * 64, 0, Completion("so 4", "stop", 1, 1))], origin)
            assert store.connection.execute("PRAGMA journal_mode").fetchone() == ("truncate",)
            assert store.count() == 1
    assert caplog.text.count("network file system (nfs)") == 1
    assert "LBT_STORE=<folder>" in caplog.text
