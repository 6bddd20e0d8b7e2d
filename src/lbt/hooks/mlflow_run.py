"""The MLflow run of a Kedro run: when it starts, which parameters it gets, how it ends."""

import logging
import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, cast

import mlflow
from kedro.config import OmegaConfigLoader
from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.io import CatalogProtocol
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node
from mlflow import MlflowClient
from mlflow.utils.file_utils import local_file_uri_to_path
from pydantic import BaseModel

from lbt.errors import SettingsError
from lbt.hooks.messages import readable

# The plugin defines a class that MLflow warns about as it is imported, in a way that no filter reaches.
with warnings.catch_warnings(record=True, action="always"):
    from kedro_mlflow.framework.hooks.mlflow_hook import MlflowHook
for _chatty in ("mlflow", "kedro_mlflow"):  # which set themselves to INFO at import
    logging.getLogger(_chatty).setLevel(logging.WARNING)

logger = logging.getLogger(__name__)

_SQLITE = "sqlite:///"

_ABOUT_THE_RUN = "params:tracking"
"""What the run is called and tagged with is no parameter that runs are compared by."""

COMMAND = "kedro_command"
"""The plugin's tag. `Tracking` writes it anew: the plugin leaves out parameters and environment."""


class MlflowRun(MlflowHook):
    """kedro-mlflow's hook, with typed parameters written as one MLflow parameter per key.

    The run opens before every other hook of ours and closes after them, so that they can all write to it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._logged: dict[str, Any] = {}

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Connect to the database, once it is known that it can be used: MLflow would try for minutes."""
        loader = cast(OmegaConfigLoader, context.config_loader)
        loader.config_patterns.setdefault("mlflow", ["mlflow*", "mlflow*/**", "**/mlflow*"])
        uri = loader["mlflow"]["server"]["mlflow_tracking_uri"]  # none: MLflow's own default
        if uri and uri.startswith(_SQLITE):
            _check_database(Path(context.project_path, uri.removeprefix(_SQLITE).partition("?")[0]))
        super().after_context_created(context)

    @hook_impl(tryfirst=True)
    def before_pipeline_run(
        self, run_params: dict[str, Any], pipeline: Pipeline, catalog: CatalogProtocol
    ) -> None:
        """Start the run, if its files can be kept."""
        self._logged = {}
        super().before_pipeline_run(run_params, pipeline, catalog)
        if run := mlflow.active_run():
            _check_artifacts(local_file_uri_to_path(run.info.artifact_uri))

    @hook_impl(tryfirst=True)
    def before_node_run(
        self, node: Node, catalog: CatalogProtocol, inputs: dict[str, Any], is_async: bool
    ) -> None:
        """Log the node's parameters that no earlier node has logged."""
        new = {
            name: plain(value)
            for name, value in inputs.items()
            if name.startswith("params:") and name not in self._logged and name != _ABOUT_THE_RUN
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
        with in_spite_of_mlflow():
            super().on_pipeline_error(error, run_params, pipeline, catalog)


def _check_database(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            connection.execute(f"PRAGMA user_version={version}")  # a write, which closing takes back
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
            return  # another run is writing, and MLflow waits for it
        raise SettingsError(
            f"MLflow's database {path} cannot be opened for writing: {error}. Make the file and its folder "
            "writable, or set LBT_TRACKING_URI=sqlite:////path/to/another.db."
        ) from error


def _check_artifacts(folder: str) -> None:
    if "://" in folder:
        return  # not on this machine
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise SettingsError(
            f"MLflow's folder for the files of this run, {folder}, cannot be written: {error.strerror}. "
            "Make it writable. An experiment keeps its folder; for another one set LBT_ARTIFACTS "
            "and, for a new experiment, LBT_TRACKING_URI=sqlite:////path/to/another.db."
        ) from error


def plain(value: Any) -> Any:
    """A parameter as plain data: what a typed one holds, anything else unchanged."""
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value


def describe_failure(error: BaseException) -> str:
    """Write the error's first line and the command that continues into the active run.

    Returns that command; empty if there is no active run.
    """
    run = mlflow.active_run()
    if run is None:
        return ""
    if isinstance(error, KeyboardInterrupt):
        outcome, text = "stopped", "stopped by Ctrl-C or a termination signal"
    else:
        outcome, text = "failed", readable(error) or str(error).strip() or type(error).__name__
    command = ""
    with in_spite_of_mlflow():
        command = MlflowClient().get_run(run.info.run_id).data.tags.get(COMMAND, "")
        mlflow.set_tags({"error": text.splitlines()[0], "resume_command": command, "outcome": outcome})
    return command


def close_open_run(error: BaseException, status: str) -> str:
    """End a run that Kedro left open, as FAILED or KILLED, and return the command that continues it.

    Kedro tells its hooks about an `Exception` of a node, not about Ctrl-C nor about an error in a hook, and
    MLflow ends runs that are still open at exit as FINISHED.
    """
    command = describe_failure(error)
    while mlflow.active_run():
        with in_spite_of_mlflow():
            mlflow.end_run(status)
    return command


@contextmanager
def in_spite_of_mlflow() -> Iterator[None]:
    """Let an error that MLflow makes while a run fails not hide why the run failed."""
    try:
        yield
    except Exception as error:
        reason = readable(error) or str(error)
        logger.warning("The end of the run could not be written to MLflow: %s", reason)
