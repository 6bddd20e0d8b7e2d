"""`kedro generations`, called as Kedro calls it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from kedro.framework.project import configure_project

from lbt.cli import cli
from lbt.generation import Completion, GenerationStore, Origin

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    configure_project("lbt")
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("LBT_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture
def store(data: Path) -> GenerationStore:
    store = GenerationStore(data / "02_intermediate" / "generations.sqlite")
    for model, label, samples in (("models/teacher", "teaching", 2000), ("models/student", "exams", 3000)):
        rows = [(f"{model} {number}", 0, Completion("x" * 500, "stop", 12, 7)) for number in range(samples)]
        store.put(rows, Origin("hash", model, "vllm", "1.0", label))
    return store


def generations(*arguments: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["generations", *arguments], input=answer)


@pytest.mark.parametrize("env", [[], ["--env=test"]])
def test_show_lists_the_store_of_the_environment(store: GenerationStore, env: list[str]) -> None:
    done = generations("show", *env)
    assert done.exit_code == 0
    lines = [line.split() for line in done.output.splitlines()]
    assert lines[0] == ["model", "label", "date", "engine", "rows", "prompt_tokens", "tokens", "text_mb"]
    assert [line[:2] + line[3:] for line in lines[1:3]] == [
        ["models/student", "exams", "vllm", "3,000", "36,000", "21,000", "1.5"],
        ["models/teacher", "teaching", "vllm", "2,000", "24,000", "14,000", "1.0"],
    ]
    assert f"{store.path}: 5,000 rows, " in done.output


def test_prune_says_what_would_go_and_asks(store: GenerationStore) -> None:
    done = generations("prune", "--label=exams", answer="n\n")
    assert "3,000 of 5,000 rows" in done.output
    assert "Delete them? [y/N]: n\nAborted!" in done.output
    assert store.count() == 5000
    done = generations("prune", "--label=exams", "--older-than=0h", answer="y\n")
    assert done.exit_code == 0
    assert "3,000 rows are deleted: " in done.output
    assert store.count() == 2000


def test_prune_does_not_ask_where_yes_is_said(store: GenerationStore) -> None:
    done = generations("prune", "--model=student", "--yes")
    assert done.exit_code == 0
    assert "Delete them?" not in done.output
    assert store.count() == 2000


def test_prune_names_the_models_that_the_end_of_a_path_means(store: GenerationStore) -> None:
    done = generations("prune", "--model=student", answer="n\n")
    assert "They belong to: models/student\n" in done.output
    assert generations("prune", "--model=dent", "--yes").exit_code == 1
    assert store.count() == 5000


def test_prune_keeps_what_is_younger(store: GenerationStore) -> None:
    done = generations("prune", "--older-than=30d", "--yes")
    assert done.output == "Nothing meets these conditions.\n"
    assert store.count() == 5000


@pytest.mark.parametrize("command", [["show"], ["prune", "--label=exams", "--yes"]])
def test_where_there_is_no_store_none_is_made(data: Path, command: list[str]) -> None:
    done = generations(*command)
    assert done.exit_code == 0
    assert "There is no generation store at" in done.output
    assert not list(data.iterdir())


def test_an_empty_store_is_shown_as_empty(data: Path) -> None:
    with GenerationStore(data / "02_intermediate" / "generations.sqlite") as store:
        store.count()
    done = generations("show")
    assert done.exit_code == 0
    assert "The store is empty." in done.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["prune", "--yes"], "Name a model, a label or an age"),
        (["prune", "--yes", "--model=nobody"], "It holds: models/student, models/teacher."),
        (["prune", "--yes", "--older-than=soon"], "--older-than=soon is not an age: write 12h, 30d or 8w."),
        (["show", "--env=nowhere"], "There is no environment 'nowhere'"),
    ],
)
def test_mistakes_end_in_a_plain_message(store: GenerationStore, arguments: list[str], message: str) -> None:
    done = generations(*arguments)
    assert done.exit_code != 0
    assert isinstance(done.exception, SystemExit)
    assert message in done.output
    assert store.count() == 5000


def test_a_damaged_store_ends_in_a_plain_message(store: GenerationStore) -> None:
    store.close()
    store.path.write_text("nothing that SQLite reads" * 1000)
    done = generations("show")
    assert isinstance(done.exception, SystemExit)
    assert "It is damaged or not a generation store" in done.output
