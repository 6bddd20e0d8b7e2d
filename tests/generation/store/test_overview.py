import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from lbt.errors import LbtError
from lbt.generation import Completion, GenerationStore, Origin
from lbt.generation.store import generations
from lbt.generation.store.overview import disk_bytes, overview, prune

DAY = 86400.0


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GenerationStore:
    """Rationales of a teacher from forty days ago, exams of two students from today."""
    store = GenerationStore(tmp_path / "s.sqlite")
    now = time.time()
    for model, engine, label, samples, age in [
        ("teacher", "transformers", "teaching", 200, 40 * DAY),
        ("student-1", "vllm", "exams", 300, 0.0),
        ("student-2", "vllm", "exams", 500, 0.0),
    ]:
        monkeypatch.setattr(generations.time, "time", lambda age=age: now - age)
        rows = [(f"{model} {number}", 0, Completion("é" * 500, "stop", 12, 7)) for number in range(samples)]
        store.put(rows, Origin(f"hash of {model}", model, engine, "1.0", label))
    monkeypatch.undo()
    return store


def test_the_overview_says_what_is_stored_by_model_stage_and_day(store: GenerationStore) -> None:
    table = overview(store)
    assert table.columns.tolist() == [
        "model", "label", "date", "rows", "prompt_tokens", "tokens", "text_mb", "first", "last",
    ]  # fmt: skip
    assert table["model"].tolist() == ["student-1", "student-2", "teacher"]
    assert table["rows"].tolist() == [300, 500, 200]
    assert table["prompt_tokens"].tolist() == [3600, 6000, 2400]
    assert table["tokens"].tolist() == [2100, 3500, 1400]
    assert table["text_mb"].tolist() == [0.3, 0.5, 0.2]
    assert (table["first"] <= table["last"]).all()
    assert table["date"].tolist() == table["first"].dt.strftime("%Y-%m-%d").tolist()
    age = pd.Timestamp.now("UTC") - table["first"]
    assert age.dt.days.tolist() == [0, 0, 40]


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        (("label",), [("exams", 800), ("teaching", 200)]),
        (("engine", "engine_version"), [("transformers", "1.0", 200), ("vllm", "1.0", 800)]),
        (("finish_reason",), [("stop", 1000)]),
    ],
)
def test_the_overview_groups_by_what_is_asked_for(
    store: GenerationStore, by: tuple[str, ...], groups: list[tuple[object, ...]]
) -> None:
    table = overview(store, by)[[*by, "rows"]]
    assert list(table.itertuples(index=False, name=None)) == groups


@pytest.mark.parametrize("by", [("colour",), ("model", "text"), ()])
def test_what_it_cannot_group_by_is_refused_with_the_choice(
    store: GenerationStore, by: tuple[str, ...]
) -> None:
    with pytest.raises(LbtError, match="choose from model, model_identity, label, date, engine"):
        overview(store, by)


def test_the_overview_of_an_empty_store_is_an_empty_table(tmp_path: Path) -> None:
    with GenerationStore(tmp_path / "s.sqlite") as store:
        table = overview(store)
    assert len(table) == 0
    assert table["rows"].sum() == 0


@pytest.mark.parametrize(
    ("conditions", "rows"),
    [
        ({"model": "student-2"}, 500),
        ({"label": "exams"}, 800),
        ({"older_than": timedelta(days=30)}, 200),
        ({"older_than": timedelta(0)}, 1000),
        ({"label": "exams", "model": "student-1"}, 300),
        ({"label": "exams", "older_than": timedelta(days=30)}, 0),
    ],
)
def test_pruning_deletes_what_meets_all_conditions_and_nothing_else(
    store: GenerationStore, conditions: dict[str, object], rows: int
) -> None:
    assert prune(store, **conditions, dry_run=True) == rows
    assert store.count() == 1000
    assert prune(store, **conditions) == rows
    assert store.count() == 1000 - rows
    assert store.connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_pruning_makes_the_file_smaller_and_says_how_much(
    store: GenerationStore, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "lbt")
    before = disk_bytes(store.path)
    assert prune(store, label="exams") == 800
    freed = before - disk_bytes(store.path)
    assert freed > 800 * 1000
    assert f"800 rows are deleted from {store.path}; it is {freed / 1e6:.1f} MB smaller" in caplog.text


def test_pruning_works_in_transactions_of_limited_size(
    store: GenerationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lbt.generation.store.overview._ROWS_A_TRANSACTION", 64)
    assert prune(store, label="exams") == 800
    assert overview(store, ("model",))["rows"].tolist() == [200]


def test_what_is_pruned_can_be_stored_again(store: GenerationStore) -> None:
    prune(store, model="teacher")
    origin = Origin("hash of teacher", "teacher", "vllm", "1.0", "teaching")
    assert store.put([("teacher 0", 0, Completion("new", "stop", 1, 1))], origin) == 1


def test_the_whole_store_is_never_pruned_by_leaving_everything_out(store: GenerationStore) -> None:
    with pytest.raises(LbtError, match="Name a model, a label or an age"):
        prune(store)
    assert store.count() == 1000


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        ({"model": "teachr"}, r"Nothing with model 'teachr' .* It holds: student-1, student-2, teacher\."),
        ({"label": "exam"}, r"Nothing with label 'exam' .* It holds: exams, teaching\."),
        ({"older_than": timedelta(days=-1)}, "cannot be negative"),
    ],
)
def test_conditions_that_cannot_be_meant_are_refused(
    store: GenerationStore, conditions: dict[str, object], message: str
) -> None:
    with pytest.raises(LbtError, match=message):
        prune(store, **conditions)
    assert store.count() == 1000


HOLDER = """
import sys
from lbt.generation import GenerationStore
with GenerationStore(sys.argv[1]).writing("exams"):
    print("writing", flush=True)
    sys.stdin.readline()
"""


def test_nothing_is_pruned_while_a_run_writes(store: GenerationStore) -> None:
    command = [sys.executable, "-c", HOLDER, str(store.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "writing\n"
        with pytest.raises(LbtError, match=rf"Process {run.pid} .*\(exams, since .* Wait until that run"):
            prune(store, label="exams")
        run.communicate("\n")
    assert store.count() == 1000
