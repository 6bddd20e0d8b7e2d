"""The project as a user runs it: `kedro run` in a process of its own, its data and runs in a folder."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.entities import Run

from tests.servers import VllmServer, vllm_server

PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Workplace:
    """A folder that stands for a user's fresh clone."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)
    """What a user has set in the environment."""

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def environment(self) -> dict[str, str]:
        places = {
            "LBT_DATA": str(self.data),
            "LBT_TRACKING_URI": f"sqlite:///{self.folder}/mlflow.db",
            "LBT_ARTIFACTS": str(self.folder / "artifacts"),
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "DO_NOT_TRACK": "true",
        }
        return os.environ | places | self.variables

    def command(self, *parameters: str, env: str = "test") -> list[str]:
        command = [sys.executable, "-m", "kedro", "run", "--pipeline=lbt_finetune", f"--env={env}"]
        return [*command, f"--params={','.join(parameters)}"] if parameters else command

    def run(self, *parameters: str, env: str = "test") -> subprocess.CompletedProcess[str]:
        return self.call(self.command(*parameters, env=env))

    def call(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        """Run a command as this user."""
        return subprocess.run(
            command,
            cwd=PROJECT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=900,  # it takes less than one minute, and on a busy machine ten
        )

    def mlflow_runs(self) -> list[Run]:
        """Newest first."""
        client = MlflowClient(f"sqlite:///{self.folder}/mlflow.db")
        experiments = [e.experiment_id for e in client.search_experiments()]
        return list(client.search_runs(experiments, order_by=["attributes.start_time DESC"]))


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    return Workplace(tmp_path)


@dataclass(frozen=True)
class FinishedRun:
    workplace: Workplace
    process: subprocess.CompletedProcess[str]


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> FinishedRun:
    """The main job, once, from nothing, on the embedded models."""
    workplace = Workplace(tmp_path_factory.mktemp("finished"))
    return FinishedRun(workplace, workplace.run())


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VllmServer]:
    """vLLM's server with the embedded teacher, once for all tests; under the names of the students too."""
    with vllm_server(tmp_path_factory.mktemp("server"), "teacher") as running:
        running.wait_until_ready()
        yield running
