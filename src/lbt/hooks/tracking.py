"""What a run logs to MLflow: tags, and every dataset that the catalog marks."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlflow
from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.io import CatalogProtocol, DatasetError
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node

from lbt.hooks.command import to_type
from lbt.hooks.facts import RunDescription
from lbt.hooks.headlines import Ledger
from lbt.hooks.mlflow_run import describe_failure, in_spite_of_mlflow
from lbt.hooks.models import log_model
from lbt.hooks.places import saved_path
from lbt.hooks.records import RECORDS, points
from lbt.hooks.run_tags import tags_of

KNOWN = (*RECORDS, "model")
"""What `metadata.mlflow` may be in the catalog."""

CONTINUE = "Everything generated so far is stored. To continue, run:"

_COUNTED = ("new", "reused", "failed", "tokens")

FACTS = "run_facts"
"""The dataset that tells nodes what is run; written before the first of them."""

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
        self._configuration = ""
        self._parameters: dict[str, Any] = {}
        self._save_version: str | None = None
        self._usage: Counter[str] = Counter()
        self._ledger = Ledger()
        self._beyond_checks = False
        self._model_mb = 0.0

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Remember where conf/base is."""
        self._configuration = str(context.config_loader.conf_source)

    @hook_impl
    def after_catalog_created(
        self, conf_catalog: dict[str, Any], parameters: dict[str, Any], save_version: str | None
    ) -> None:
        """Read the marks in the catalog; without a version (in a notebook) there is no run to track."""
        self._tracked = {}
        self._parameters, self._save_version = parameters, save_version
        if save_version is None:
            return
        self._tracked = {
            name: Tracked(_record_of(name, entry), saved_path(entry, save_version))
            for name, entry in conf_catalog.items()
            if "mlflow" in entry.get("metadata", {})
        }

    @hook_impl
    def before_pipeline_run(
        self, run_params: dict[str, Any], pipeline: Pipeline, catalog: CatalogProtocol
    ) -> None:
        """Say what is run: to the nodes that report it, and in the MLflow run's name and tags."""
        self._beyond_checks = False
        self._usage.clear()
        self._ledger = Ledger()
        run = RunDescription(run_params, pipeline, self._parameters, self._save_version, self._configuration)
        self._model_mb = run.tracking.model_mb
        active = mlflow.active_run()
        if FACTS in pipeline.inputs():
            facts = run.facts()
            catalog.save(FACTS, facts)
            if active:
                mlflow.log_dict(facts, f"reports/{FACTS}.json")
        if active:
            mlflow.set_tags(tags_of(run, active))

    @hook_impl
    def before_node_run(self, node: Node) -> None:
        """Notice when a run has passed its checks, so that there may be something to continue."""
        self._beyond_checks |= node.namespace != _CHECKS

    @hook_impl
    def after_dataset_saved(self, dataset_name: str, data: Any) -> None:
        """Record a marked dataset."""
        tracked = self._tracked.get(dataset_name)
        if tracked is None or mlflow.active_run() is None:
            return
        if tracked.record == "model":
            log_model(dataset_name, data, tracked.path, self._model_mb)
            return
        self._ledger.add(RECORDS[tracked.record](dataset_name, data, tracked.path) or ())
        if tracked.record == "usage":
            self._usage.update({key: data[key] for key in _COUNTED if key in data})

    @hook_impl(tryfirst=True)
    def after_pipeline_run(self) -> None:
        """Log the metrics, before other hooks log theirs."""
        self._log_metrics()

    @hook_impl
    def on_pipeline_error(self, error: Exception) -> None:
        """Say in the run, and in the error, how to continue; `MlflowRun` then ends the run."""
        command = describe_failure(error)
        with in_spite_of_mlflow():
            self._log_metrics()
        if command and self._beyond_checks:
            error.add_note(f"{CONTINUE}\n  {to_type(command)}")

    def _log_metrics(self) -> None:
        self._ledger.add(points((f"generation.{key}", 0, value) for key, value in self._usage.items()))
        self._ledger.log()


def _record_of(name: str, entry: dict[str, Any]) -> str:
    record = entry["metadata"]["mlflow"]
    if record not in KNOWN:
        raise DatasetError(
            f"catalog entry {name!r}: metadata.mlflow is {record!r}; it must be one of {', '.join(KNOWN)}"
        )
    return str(record)
