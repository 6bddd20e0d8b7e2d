"""`kedro push`, to a hub on loopback."""

import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from huggingface_hub import constants
from kedro.framework.project import configure_project
from tests.hub import TOKEN, hub_server

from lbt.cli import cli

ROOT = Path(__file__).parents[2]
# huggingface_hub uploads large files by an old name of its HTTP library's.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content:DeprecationWarning")
VERSIONS = ("2026-01-01T00.00.00.000Z", "2026-01-02T00.00.00.000Z")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What two runs made; the second is the newest."""
    configure_project("lbt")
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("LBT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    for version in VERSIONS:
        pairs = tmp_path / "data/08_reporting/preference_set" / version / "preference_set"
        model = tmp_path / "data/06_models/tuned_teacher" / version / "tuned_teacher"
        card = tmp_path / "data/08_reporting/model_card.md" / version / "model_card.md"
        for folder in (pairs, model, card.parent):
            folder.mkdir(parents=True)
        (pairs / "README.md").write_text(f"pairs of {version}")
        (model / "README.md").write_text("no results yet")
        (model / "model.safetensors").write_text(version)
        told = {"trained": True, "reason": None, "fingerprint": "0"}
        (model / "checkpoint.json").write_text(json.dumps(told))
        card.write_text(f"results of {version}")
    return tmp_path / "data"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a hub on loopback, which the real library talks to."""
    with hub_server(tmp_path / "hub") as address:
        monkeypatch.setattr(constants, "ENDPOINT", address)
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        yield tmp_path / "hub"


def push(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["push", *arguments])


def test_both_are_pushed_with_their_cards_and_a_second_time_too(data: Path, hub: Path) -> None:
    for _ in range(2):
        done = push("--pairs=me/pairs", "--model=me/teacher")
        assert done.exit_code == 0, done.output
    assert (hub / "dataset/me/pairs/README.md").read_text() == f"pairs of {VERSIONS[1]}"
    assert (hub / "model/me/teacher/model.safetensors").read_text() == VERSIONS[1]
    assert (hub / "model/me/teacher/README.md").read_text() == f"results of {VERSIONS[1]}"
    assert "datasets/me/pairs" in done.output


def test_one_of_them_is_pushed_alone(data: Path, hub: Path) -> None:
    assert push("--pairs=me/pairs").exit_code == 0
    assert not (hub / "model").exists()


def test_without_a_token_nothing_is_pushed(data: Path, hub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_TOKEN")
    monkeypatch.setattr(import_module("lbt.commands.push"), "get_token", lambda: None)
    done = push("--pairs=me/pairs")
    assert done.exit_code == 1
    assert "HF_TOKEN=" in done.output
    assert not hub.exists()


def test_a_teacher_that_was_not_trained_is_not_pushed(data: Path, hub: Path) -> None:
    folder = data / "06_models/tuned_teacher" / VERSIONS[1] / "tuned_teacher"
    told = {"trained": False, "reason": "only 3 pairs", "fingerprint": "0"}
    (folder / "checkpoint.json").write_text(json.dumps(told))
    done = push("--model=me/teacher")
    assert done.exit_code == 1
    assert "only 3 pairs" in done.output
    assert not hub.exists()


def test_before_the_first_run_there_is_nothing_to_push(
    data: Path, hub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LBT_DATA", str(data / "empty"))
    done = push("--pairs=me/pairs")
    assert done.exit_code == 1
    assert "make run" in done.output


def test_a_command_that_names_nothing_says_what_to_name(data: Path) -> None:
    done = push()
    assert done.exit_code == 2
    assert "--pairs=OWNER/NAME" in done.output


def test_what_the_hub_refuses_is_told_without_a_traceback(
    data: Path, hub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_of_someone_else")
    done = push("--pairs=me/pairs")
    assert done.exit_code == 1
    assert "This token may not write here" in done.output
    assert "Traceback" not in done.output


def test_a_file_that_the_hub_does_not_take_is_told_without_a_traceback(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    with hub_server(tmp_path / "hub", largest=10) as address:
        monkeypatch.setattr(constants, "ENDPOINT", address)
        done = push("--model=me/teacher")
    assert done.exit_code == 1
    assert "model.safetensors" in done.output
    assert "413" in done.output
    assert "Traceback" not in done.output


def test_without_a_network_the_command_says_so(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    done = push("--pairs=me/pairs")
    assert done.exit_code == 1
    assert "the network is up" in done.output
    assert "Traceback" not in done.output


def test_the_report_of_the_newest_run_is_found(data: Path) -> None:
    for version in VERSIONS:
        page = data / "08_reporting/report.html" / version / "report.html"
        page.parent.mkdir(parents=True)
        page.write_text("<html>")
    done = CliRunner().invoke(cli, ["report", "--path"])
    assert done.exit_code == 0, done.output
    assert done.output.strip() == str(page)


def test_without_a_report_the_command_says_how_to_make_one(data: Path) -> None:
    done = CliRunner().invoke(cli, ["report", "--path"])
    assert done.exit_code == 1
    assert "make run" in done.output
