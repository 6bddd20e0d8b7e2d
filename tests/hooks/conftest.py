"""A small real Kedro project with its own MLflow database, on which the hooks are tried."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import mlflow
import pytest
from click.testing import CliRunner, Result
from kedro.framework.project import configure_project
from kedro.framework.startup import bootstrap_project
from mlflow.entities import Run

from lbt.cli import cli

TINY = Path(__file__).parent / "tiny_project"


class TinyProject:
    """The project's folder, its `kedro run`, and the MLflow runs it has made."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.metadata = bootstrap_project(path)

    def run(self, *arguments: str) -> Result:
        """`kedro run` with the arguments."""
        return CliRunner().invoke(cli, ["run", *arguments], obj=self.metadata)

    def runs(self) -> list[Run]:
        """All MLflow runs, the newest first."""
        mlflow.set_tracking_uri(f"sqlite:///{self.path}/mlflow.db")
        return mlflow.search_runs(
            search_all_experiments=True, order_by=["attributes.start_time DESC"], output_format="list"
        )

    def artifacts(self, run: Run) -> dict[str, Path]:
        """The files of a run by their path within it."""
        folder = self.path / "artifacts" / run.info.run_id / "artifacts"
        return {str(file.relative_to(folder)): file for file in folder.rglob("*") if file.is_file()}


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty MLflow database, which takes seconds to make and is copied for each test."""
    path = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    mlflow.MlflowClient(tracking_uri=f"sqlite:///{path}").search_experiments()
    return path


@pytest.fixture
def tiny(tmp_path: Path, database: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TinyProject]:
    """A fresh copy of the project; afterwards Kedro knows no project of ours."""
    project = tmp_path / "project"
    shutil.copytree(TINY, project)
    shutil.copy(database, project / "mlflow.db")
    # absolute, since MLflow keeps one engine per address for the whole process
    settings = project / "conf/base/mlflow.yml"
    settings.write_text(settings.read_text().replace("sqlite:///mlflow.db", f"sqlite:///{project}/mlflow.db"))
    monkeypatch.chdir(project)
    monkeypatch.setattr("sys.path", sys.path.copy())
    monkeypatch.setenv("PYTHONPATH", os.environ.get("PYTHONPATH", ""))
    yield TinyProject(project)
    while mlflow.active_run():
        mlflow.end_run()
    for name in [name for name in sys.modules if name.split(".")[0] == "tiny"]:
        del sys.modules[name]
    configure_project("lbt")
