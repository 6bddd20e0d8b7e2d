"""Keys reach the engines and nothing else."""

import os
import sqlite3

import pytest

from .conftest import TinyProject

KEY = "sk-secret-of-the-test"


@pytest.fixture
def credentials(tiny: TinyProject, monkeypatch: pytest.MonkeyPatch) -> TinyProject:
    local = tiny.path / "conf/local"
    local.mkdir(parents=True, exist_ok=True)
    (local / "credentials.yml").write_text(f"api_keys:\n  TINY_KEY: {KEY}\n")
    monkeypatch.setenv("TINY_KEY", "x")
    monkeypatch.delenv("TINY_KEY")
    return tiny


@pytest.mark.slow
def test_a_key_is_put_where_engines_look_and_is_neither_printed_nor_tracked(credentials: TinyProject) -> None:
    result = credentials.run("--pipeline=tiny")
    assert result.exit_code == 0, result.output
    assert os.environ["TINY_KEY"] == KEY
    assert KEY not in result.output
    (run,) = credentials.runs()
    assert KEY not in repr(run.to_dictionary())
    written = [file for file in credentials.path.rglob("*") if file.is_file()]
    holding = [file.name for file in written if KEY.encode() in file.read_bytes()]
    assert holding == ["credentials.yml"]
    rows = sqlite3.connect(credentials.path / "mlflow.db").execute("SELECT value FROM params").fetchall()
    assert rows
    assert not [value for (value,) in rows if KEY in value]


def test_a_variable_of_the_shell_comes_before_the_file(
    credentials: TinyProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TINY_KEY", "from the shell")
    assert credentials.run("--pipeline=tiny").exit_code == 0
    assert os.environ["TINY_KEY"] == "from the shell"


def test_keys_in_another_form_are_refused_without_showing_them(credentials: TinyProject) -> None:
    (credentials.path / "conf/local/credentials.yml").write_text(f"api_keys: {KEY}\n")
    result = credentials.run("--pipeline=tiny")
    assert result.exit_code == 1
    assert "api_keys must hold one line `NAME: key`" in result.output
    assert KEY not in result.output
