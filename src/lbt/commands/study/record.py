"""The study in MLflow: its own run, and those of its cells below it."""

import os
import time
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import mlflow
from mlflow import MlflowClient
from mlflow.entities import Metric, Run
from mlflow.utils.mlflow_tags import MLFLOW_RUN_NAME

from lbt.commands.study.project import StudyProject
from lbt.studies import Cell
from lbt.studies.settings import Value

os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")  # one bar for each small table

_STUDY = "study"
_WHOLE = "study.whole"
"""The tag of the study's own run."""
_NOTE = "mlflow.note.content"
_NOTE_LENGTH = 8000
"""MLflow cuts what is longer, with a warning."""


class StudyRecord:
    """One MLflow run for the study, found again by its tags however often the study is continued."""

    def __init__(self, project: StudyProject) -> None:
        self._project = project
        self._client = MlflowClient()
        experiment = mlflow.get_experiment_by_name(project.experiment)
        assert experiment is not None, "the project's hook makes the experiment"
        self._experiment = experiment.experiment_id
        self._run_id: str | None = None
        self._names: dict[str, set[str]] = {}
        """Of the files in a folder of a finished run."""

    def open(self) -> None:
        """Make the study's run, or open it again."""
        name = self._project.name
        found = self._search(f"tags.`{_WHOLE}` = '{name}'", 1)
        if found:
            self._run_id = found[0].info.run_id
            self._client.update_run(self._run_id, status="RUNNING")
            return
        tags = {MLFLOW_RUN_NAME: f"study {name}", _STUDY: name, _WHOLE: name, "pipeline": "study"}
        self._run_id = self._client.create_run(self._experiment, tags=tags).info.run_id

    def close(self, status: str) -> None:
        """End it as FINISHED, FAILED or KILLED; with SCHEDULED a part is still to be run."""
        assert self._run_id is not None
        if status == "SCHEDULED":
            self._client.update_run(self._run_id, status=status)
        else:
            self._client.set_terminated(self._run_id, status)

    def tracking(self, cell: Cell) -> dict[str, Value]:
        """The parameters that put a cell's run below the study's."""
        tags: dict[str, Value] = {
            _STUDY: self._project.name,
            "arm": cell.arm,
            "condition": cell.condition,
            "round": cell.round,
            "cell": cell.fingerprint,
        }
        return {
            "tracking.name": cell.title,
            "tracking.parent": self._run_id,
            **{f"tracking.tags.{key}": value for key, value in tags.items()},
        }

    def finished(self) -> dict[str, Run]:
        """The newest finished run of each cell, by the cell's fingerprint."""
        wanted = f"tags.{_STUDY} = '{self._project.name}' and attributes.status = 'FINISHED'"
        runs = [run for run in self._search(wanted, 10_000) if "cell" in run.data.tags]
        return {run.data.tags["cell"]: run for run in reversed(runs)}  # the newest comes last

    def file(self, run: Run, place: str) -> Path | None:
        """A file of a run, on this machine; none if the run has none of this name."""
        folder, _, name = place.rpartition("/")
        # By address: with the run's id MLflow asks its database several times for every file.
        address = f"{run.info.artifact_uri}/{folder}"
        if address not in self._names:
            listed = mlflow.artifacts.list_artifacts(artifact_uri=address)
            self._names[address] = {PurePosixPath(item.path).name for item in listed}
        if name not in self._names[address]:
            return None
        return Path(mlflow.artifacts.download_artifacts(artifact_uri=f"{address}/{name}"))

    def log(self, findings: Mapping[str, Any]) -> None:
        """Write figures (with steps), description and files of the study into its run.

        `findings` has metrics (name, step, value), note (Markdown), and files (paths).
        """
        assert self._run_id is not None
        now = int(time.time() * 1000)
        metrics = [Metric(name, value, now, step) for name, step, value in findings["metrics"]]
        for start in range(0, len(metrics), 1000):  # MLflow's limit for one batch
            self._client.log_batch(self._run_id, metrics=metrics[start : start + 1000])
        self._client.set_tag(self._run_id, _NOTE, shortened(findings["note"]))
        for file in findings["files"]:
            folder = "tables" if file.suffix == ".parquet" else "reports"
            self._client.log_artifact(self._run_id, str(file), folder)

    def _search(self, wanted: str, most: int) -> list[Run]:
        order = ["attributes.start_time DESC"]
        return list(self._client.search_runs([self._experiment], wanted, max_results=most, order_by=order))


def shortened(note: str) -> str:
    """A note that MLflow takes whole: its first lines, and where the others are."""
    if len(note) <= _NOTE_LENGTH:
        return note
    rest = "\n\nThe other lines are in reports/study.md."
    return note[: _NOTE_LENGTH - len(rest)].rpartition("\n")[0] + rest
