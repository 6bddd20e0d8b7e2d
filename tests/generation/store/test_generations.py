import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lbt import database
from lbt.errors import LbtError
from lbt.generation import Completion, GenerationStore, Origin, StoredSample

ORIGIN = Origin("identity", "models/tiny", "transformers", "5.0", "teaching")


def completion(text: str = "so 4\n#### 4") -> Completion:
    return Completion(text, "stop", 12, 7)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "folder" / "generations.sqlite"


def test_nothing_is_made_before_the_first_use(path: Path) -> None:
    store = GenerationStore(path)
    assert not path.parent.exists()
    with store:
        assert store.count() == 0
    assert path.is_file()


def test_what_is_put_is_there_in_the_next_session(path: Path) -> None:
    with GenerationStore(path) as store:
        store.put(
            [("a", 0, completion("zero")), ("a", 2, completion("two")), ("b", 0, completion("b"))], ORIGIN
        )
    with GenerationStore(path) as store:
        assert store.get(["a", "c"]) == {"a": {0: completion("zero"), 2: completion("two")}}


texts = st.text(st.characters(exclude_categories=["Cs"]))


@settings(max_examples=25, deadline=None)
@given(rows=st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 5), texts)))
def test_a_row_never_changes(
    rows: list[tuple[str, int, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    expected: dict[str, dict[int, Completion]] = {}
    with GenerationStore(tmp_path_factory.mktemp("store") / "s.sqlite") as store:
        for key, index, text in rows:
            new = index not in expected.get(key, {})
            assert store.put([(key, index, completion(text))], ORIGIN) == new
            expected.setdefault(key, {}).setdefault(index, completion(text))
        assert store.get("abc") == expected
        assert store.indices("abc") == {key: set(samples) for key, samples in expected.items()}
        assert store.count() == sum(map(len, expected.values()))


def test_every_row_says_where_it_comes_from(path: Path) -> None:
    with GenerationStore(path) as store:
        store.put([("a", 0, completion())], ORIGIN)
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    row = dict(connection.execute("SELECT * FROM generations").fetchone())
    connection.close()
    assert row.pop("created_at") > 1.7e9
    assert row == {
        "key": "a",
        "sample_index": 0,
        "model_identity": "identity",
        "model": "models/tiny",
        "text": "so 4\n#### 4",
        "finish_reason": "stop",
        "prompt_tokens": 12,
        "tokens": 7,
        "engine": "transformers",
        "engine_version": "5.0",
        "label": "teaching",
    }


def test_many_thousand_rows_are_found(path: Path) -> None:
    rows: list[StoredSample] = [
        (f"{key:064x}", index, completion()) for key in range(5000) for index in range(4)
    ]
    with GenerationStore(path) as store:
        assert store.put(rows, ORIGIN) == 20_000
        found = store.get(f"{key:064x}" for key in range(10_000))
        there = store.indices(f"{key:064x}" for key in range(10_000))
    assert len(found) == 5000
    assert all(len(samples) == 4 for samples in found.values())
    assert there == {f"{key:064x}": {0, 1, 2, 3} for key in range(5000)}


def test_a_reader_sees_what_a_writer_has_put(path: Path) -> None:
    with GenerationStore(path) as writer, GenerationStore(path) as reader:
        assert reader.count() == 0
        writer.put([("a", 0, completion())], ORIGIN)
        assert reader.count() == 1


@pytest.mark.parametrize("use", ["open", "put"])
def test_a_store_that_another_program_keeps_locked_says_so_and_gives_up(
    use: str, path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(database, "WAIT_S", 0.3)
    monkeypatch.setattr(database, "SILENT_S", 0.05)
    with GenerationStore(path) as store:
        store.count()
        other = sqlite3.connect(path, isolation_level=None)
        if use == "open":
            store.close()
            other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LbtError, match=r"(?s)locked.* another program has locked the file\. Wait until"):
            store.put([("a", 0, completion())], ORIGIN)
        assert "Another program has locked the generation store; waiting 0.3 s" in caplog.text
        other.execute("ROLLBACK")
        other.close()
        assert store.put([("a", 0, completion())], ORIGIN) == 1


def test_a_run_waits_for_a_locked_store_half_a_minute_and_no_longer() -> None:
    assert database.SILENT_S <= 5
    assert database.WAIT_S <= 30


WRITER = """
import sys
from lbt.generation import Completion, GenerationStore, Origin, StoredSample
store = GenerationStore(sys.argv[1])
for number in range(1_000_000):
    answer = Completion("x" * 500, "stop", 1, 1)
    store.put([(f"{number:08d}", index, answer) for index in range(20)], Origin(*"abcde"))
    print(number, flush=True)
"""


def test_a_killed_writer_leaves_all_that_it_put_and_whole_batches_only(path: Path) -> None:
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    confirmed = [int(writer.stdout.readline()) for _ in range(30)][-1]
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    with GenerationStore(path) as store:
        there = store.get(f"{number:08d}" for number in range(confirmed + 1))
        assert len(there) == confirmed + 1
        assert store.count() % 20 == 0
