"""`kedro push`, with a hub that is a folder."""

import json
import shutil
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from huggingface_hub import HfApi
from kedro.framework.project import configure_project

from lbt.cli import cli

ROOT = Path(__file__).parents[2]
VERSIONS = ("2026-01-01T00.00.00.000Z", "2026-01-02T00.00.00.000Z")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What two runs made; the second is the newest."""
    configure_project("lbt")
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("LBT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("HF_TOKEN", "hf_test")
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
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    hub = tmp_path / "hub"

    def create_repo(self: HfApi, repo_id: str, *, repo_type: str, **options: Any) -> None:
        assert self.token == "hf_test"
        (hub / repo_type / repo_id).mkdir(parents=True, exist_ok=options["exist_ok"])

    def upload_folder(self: HfApi, *, repo_id: str, folder_path: Path, repo_type: str, **_: Any) -> None:
        shutil.copytree(folder_path, hub / repo_type / repo_id, dirs_exist_ok=True)

    def upload_file(self: HfApi, *, path_or_fileobj: Path, path_in_repo: str, repo_id: str, **_: Any) -> None:
        shutil.copy(path_or_fileobj, hub / "model" / repo_id / path_in_repo)

    for function in (create_repo, upload_folder, upload_file):
        monkeypatch.setattr(HfApi, function.__name__, function)
    return hub


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
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError("no network")

    monkeypatch.setattr(HfApi, "create_repo", refuse)
    done = push("--pairs=me/pairs")
    assert done.exit_code == 1
    assert "no network" in done.output
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
