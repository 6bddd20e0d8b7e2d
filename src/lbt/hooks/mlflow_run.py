"""The MLflow run of a Kedro run: when it starts, which parameters it gets, how it ends."""

import logging
import warnings
from typing import Any

import mlflow
from kedro.framework.hooks import hook_impl
from kedro.io import CatalogProtocol
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node
from mlflow import MlflowClient
from pydantic import BaseModel

from lbt.hooks.messages import readable

# The plugin defines a class that MLflow warns about as it is imported, in a way that no filter reaches.
with warnings.catch_warnings(record=True, action="always"):
    from kedro_mlflow.framework.hooks.mlflow_hook import MlflowHook
for _chatty in ("mlflow", "kedro_mlflow"):  # which set themselves to INFO at import
    logging.getLogger(_chatty).setLevel(logging.WARNING)


class MlflowRun(MlflowHook):
    """kedro-mlflow's hook, with typed parameters written as one MLflow parameter per key.

    The run opens before every other hook of ours and closes after them, so that they can all write to it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._logged: dict[str, Any] = {}

    @hook_impl(tryfirst=True)
    def before_pipeline_run(
        self, run_params: dict[str, Any], pipeline: Pipeline, catalog: CatalogProtocol
    ) -> None:
        """Start the run."""
        self._logged = {}
        super().before_pipeline_run(run_params, pipeline, catalog)

    @hook_impl(tryfirst=True)
    def before_node_run(
        self, node: Node, catalog: CatalogProtocol, inputs: dict[str, Any], is_async: bool
    ) -> None:
        """Log the node's parameters that no earlier node has logged."""
        new = {
            name: plain(value)
            for name, value in inputs.items()
            if name.startswith("params:") and name not in self._logged
        }
        self._logged |= new
        super().before_node_run(node, catalog, new, is_async)

    @hook_impl(trylast=True)
    def after_pipeline_run(
        self, run_params: dict[str, Any], pipeline: Pipeline, catalog: CatalogProtocol
    ) -> None:
        """End the run as FINISHED."""
        super().after_pipeline_run(run_params, pipeline, catalog)

    @hook_impl(trylast=True)
    def on_pipeline_error(
        self, error: Exception, run_params: dict[str, Any], pipeline: Pipeline, catalog: CatalogProtocol
    ) -> None:
        """End the run as FAILED."""
        super().on_pipeline_error(error, run_params, pipeline, catalog)


def plain(value: Any) -> Any:
    """A parameter as plain data: what a typed one holds, anything else unchanged."""
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value


def describe_failure(error: BaseException) -> None:
    """Write the error's first line and the command that continues into the active run, if there is one."""
    run = mlflow.active_run()
    if run is None:
        return
    command = MlflowClient().get_run(run.info.run_id).data.tags.get("command", "")
    if isinstance(error, KeyboardInterrupt):
        outcome, text = "stopped", "stopped by Ctrl-C or a termination signal"
    else:
        outcome, text = "failed", readable(error) or str(error).strip() or type(error).__name__
    mlflow.set_tags({"error": text.splitlines()[0], "resume_command": command, "outcome": outcome})


def close_open_run(error: BaseException, status: str) -> None:
    """End a run that Kedro left open, as FAILED or KILLED.

    Kedro tells its hooks about an `Exception` of a node, not about Ctrl-C nor about an error in a hook, and
    MLflow ends runs that are still open at exit as FINISHED.
    """
    if mlflow.active_run() is None:
        return
    describe_failure(error)
    while mlflow.active_run():
        mlflow.end_run(status)
