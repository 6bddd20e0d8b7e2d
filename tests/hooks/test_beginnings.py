"""A run that cannot begin says what is in its way, before anything is generated."""

import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import TinyProject

pytestmark = pytest.mark.slow


def refused(tiny: TinyProject, *arguments: str) -> str:
    result = tiny.run(*arguments)
    assert result.exit_code in (1, 2), result.output
    assert isinstance(result.exception, SystemExit), result.exception  # a message, no traceback
    assert "To continue" not in result.output
    return result.output


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"- a\n- b\n", "parameters.yml must hold lines such as `seed: 1`, but it holds a list."),
        (b"seed\n", "but it holds the single value 'seed'."),
        (b"seed: 1 # caf\xe9\n", "parameters.yml is not UTF-8 text (byte 14). Save it as UTF-8."),
        (b"seed: 1\ntable: x: 1\n", "parameters.yml, line 2 is not valid YAML: mapping values are not"),
        (
            b"seed: ${oc.env:NOWHERE_SET}\n",
            "'seed' in the configuration needs the environment variable NOWHERE",
        ),
        (
            b"seed: ${nowhere:x}\n",
            "'seed' in the configuration cannot be worked out: Unsupported interpolation",
        ),
        (b"seed: ${nowhere.x}\n", "'seed' in the configuration cannot be worked out: Interpolation key"),
        (
            b"seed: ${globals:nowhere}\n",
            "'seed' in the configuration cannot be worked out: Globals key 'nowhere'",
        ),
    ],
)
def test_a_broken_configuration_file_is_named_with_its_fault(
    tiny: TinyProject, content: bytes, said: str
) -> None:
    (tiny.path / "conf/local").mkdir(exist_ok=True)
    (tiny.path / "conf/local/parameters.yml").write_bytes(content)
    assert said in refused(tiny, "--pipeline=tiny")
    assert tiny.runs() == []


def test_a_comma_in_a_parameter_is_explained(tiny: TinyProject) -> None:
    output = refused(tiny, "--params=preferences.signal=a,b")
    assert "into conf/local/parameters.yml" in " ".join(output.split())


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_database_of_mlflow_that_cannot_be_opened_is_named(tiny: TinyProject) -> None:
    (tiny.path / "file").write_text("")
    replace(tiny.path / "conf/base/mlflow.yml", "/mlflow.db", "/file/mlflow.db")
    output = refused(tiny, "--pipeline=tiny")
    assert f"MLflow's database {tiny.path}/file/mlflow.db cannot be opened for writing" in output
    assert "LBT_TRACKING_URI" in output


def test_without_an_address_the_run_goes_where_mlflow_is_told_to_go(
    tiny: TinyProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tiny.path}/mlflow.db")
    replace(tiny.path / "conf/base/mlflow.yml", f"sqlite:///{tiny.path}/mlflow.db", "null")
    result = tiny.run("--pipeline=tiny")
    assert result.exit_code == 0, result.output
    assert len(tiny.runs()) == 1


def test_a_folder_for_mlflows_files_that_cannot_be_written_is_named(tiny: TinyProject) -> None:
    (tiny.path / "file").write_text("")
    replace(tiny.path / "conf/base/mlflow.yml", "artifacts", "file/artifacts")
    output = refused(tiny, "--pipeline=tiny")
    assert "MLflow's folder for the files of this run" in output
    assert "cannot be written: Not a directory" in output
    assert not (tiny.path / "data").exists()


def test_a_data_folder_that_cannot_be_written_is_named(tiny: TinyProject) -> None:
    (tiny.path / "data").write_text("")
    result = tiny.run("--pipeline=tiny")
    assert isinstance(result.exception, SystemExit)
    assert "made.parquet cannot be read or written: " in result.output
    assert "LBT_DATA=<folder>" in result.output
    assert "versioned" not in result.output


def test_a_missing_catalog_entry_is_named(tiny: TinyProject) -> None:
    assert tiny.run("--pipeline=tiny").exit_code == 0
    replace(tiny.path / "conf/base/catalog.yml", "made:", "maid:")
    assert "The catalog has no entry 'made', which this run reads." in refused(tiny, "--tags=second")


def test_a_part_that_needs_what_no_run_has_made_says_where_to_begin(tiny: TinyProject) -> None:
    output = refused(tiny, "--pipeline=tiny", "--tags=second")
    assert "This run reads made, which no run has made yet" in output
    assert "kedro run --pipeline=tiny --to-nodes=second.measure,second.save_model" in output
    assert tiny.runs() == []


def test_tables_of_different_runs_are_not_mixed(tiny: TinyProject) -> None:
    assert tiny.run("--pipeline=tiny").exit_code == 0
    assert tiny.run("--pipeline=tiny", "--tags=first").exit_code == 0
    assert tiny.run("--pipeline=tiny", "--tags=third").exit_code == 0  # made anew, with the same content
    assert tiny.run("--pipeline=tiny", "--tags=first", "--params=table.rows=5").exit_code == 0
    output = refused(tiny, "--pipeline=tiny", "--tags=third")
    assert "These tables do not belong together:\n  doubled (20" in output
    assert "was made before made (20" in output
    assert "kedro run --pipeline=tiny --to-nodes=third.compare" in output
    assert tiny.run("--pipeline=tiny", "--params=table.rows=5").exit_code == 0
    assert tiny.run("--pipeline=tiny", "--tags=third").exit_code == 0


def can_mount() -> bool:
    command = ["unshare", "--user", "--map-root-user", "--mount", "true"]
    try:
        return not subprocess.run(command, capture_output=True).returncode
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not can_mount(), reason="needs a mount of its own")
def test_a_database_on_a_read_only_disk_is_named(tiny: TinyProject) -> None:
    mounts = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
    code = (
        "import sys; from pathlib import Path; from lbt.hooks.mlflow_run import _check_database as check\n"
        "try: check(Path(sys.argv[1]))\nexcept Exception as error: print(error)"
    )
    mount = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mounts, str(tiny.path)]
    check = [sys.executable, "-c", code, str(tiny.path / "mlflow.db")]
    done = subprocess.run([*mount, *check], capture_output=True, text=True)
    assert "cannot be opened for writing: attempt to write a readonly database" in done.stdout, done.stderr
