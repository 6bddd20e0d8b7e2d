"""What a run logs to MLflow: tags, and every dataset that the catalog marks."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlflow
from kedro.framework.hooks import hook_impl
from kedro.framework.project import pipelines
from kedro.io import DatasetError
from kedro.pipeline.node import Node

from lbt.hooks.command import command_of
from lbt.hooks.mlflow_run import COMMAND, describe_failure
from lbt.hooks.records import RECORDS
from lbt.hooks.run_tags import git_tags, resumed_run

CONTINUE = "Everything generated so far is stored. To continue, run:"

_CHECKS = "problems"
"""The stage that reads and checks before anything is generated or trained."""


@dataclass(frozen=True)
class Tracked:
    """How a dataset is recorded, and where this run's version of it is."""

    record: str
    path: Path


class Tracking:
    """Records datasets as they are saved.

    A catalog entry with `metadata: {mlflow: <record>}` is recorded by the function of that name in
    `lbt.hooks.records`, with the file or folder that this run saved and no other version.
    """

    def __init__(self) -> None:
        self._tracked: dict[str, Tracked] = {}
        self._arm: str | None = None
        self._usage: Counter[str] = Counter()
        self._beyond_checks = False

    @hook_impl
    def after_catalog_created(
        self, conf_catalog: dict[str, Any], parameters: dict[str, Any], save_version: str | None
    ) -> None:
        """Read the marks in the catalog; without a version (in a notebook) there is no run to track."""
        self._tracked = {}
        if save_version is None:
            return
        self._arm = parameters.get("params:preferences.signal")
        self._tracked = {
            name: Tracked(_record_of(name, entry), _saved_path(entry, save_version))
            for name, entry in conf_catalog.items()
            if "mlflow" in entry.get("metadata", {})
        }

    @hook_impl
    def before_pipeline_run(self, run_params: dict[str, Any]) -> None:
        """Tag the run with what it is: pipeline, arm if it makes pairs, code, command, the run it resumes."""
        self._beyond_checks = False
        active = mlflow.active_run()
        if active is None:
            return
        self._usage.clear()
        names = run_params["pipeline_names"] or ["__default__"]
        name = "+".join(names)
        # asked of the whole pipeline: a run from a later node on uses pairs that a run of the same arm made
        makes_pairs = any("params:preferences" in pipelines[each].inputs() for each in names)
        tags = {
            "pipeline": name,
            "kedro_env": run_params["env"] or "base",
            "arm": self._arm if makes_pairs else None,
            COMMAND: command_of(run_params),
            "resumes": resumed_run(name, active),
            **git_tags(Path(run_params["project_path"])),
        }
        mlflow.set_tags({key: value for key, value in tags.items() if value is not None})

    @hook_impl
    def before_node_run(self, node: Node) -> None:
        """Notice when a run has passed its checks, so that there may be something to continue."""
        self._beyond_checks |= node.namespace != _CHECKS

    @hook_impl
    def after_dataset_saved(self, dataset_name: str, data: Any, node: Node) -> None:
        """Record a marked dataset."""
        tracked = self._tracked.get(dataset_name)
        if tracked is None or mlflow.active_run() is None:
            return
        RECORDS[tracked.record](dataset_name, data, tracked.path)
        if tracked.record == "usage":
            self._record_usage(data, node.namespace or node.name)

    @hook_impl
    def on_pipeline_error(self, error: Exception) -> None:
        """Say in the run, and in the error, how to continue; `MlflowRun` then ends the run."""
        command = describe_failure(error)
        if command and self._beyond_checks:
            error.add_note(f"{CONTINUE}\n  {command}")

    def _record_usage(self, usage: dict[str, float], stage: str) -> None:
        self._usage.update({key: usage[key] for key in ("new", "reused", "failed", "tokens") if key in usage})
        mlflow.log_metrics({f"{stage}.generation.{key}": value for key, value in usage.items()})
        mlflow.log_metrics({f"generation.{key}": value for key, value in self._usage.items()})


def _record_of(name: str, entry: dict[str, Any]) -> str:
    record = entry["metadata"]["mlflow"]
    if record not in RECORDS:
        raise DatasetError(
            f"catalog entry {name!r}: metadata.mlflow is {record!r}; it must be one of {', '.join(RECORDS)}"
        )
    return str(record)


def _saved_path(entry: dict[str, Any], save_version: str) -> Path:
    """Kedro's layout: <filepath>, or <filepath>/<version>/<name of filepath> when versioned."""
    path = Path(entry["filepath"])
    return path / save_version / path.name if entry.get("versioned") else path
