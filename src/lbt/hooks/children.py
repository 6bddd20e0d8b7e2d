"""MLflow runs below the run of the pipeline: one for each arm and iteration of a table."""

import time
from itertools import islice
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import Metric, Run, RunTag
from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID, MLFLOW_RUN_NAME

KEYS = ("arm", "iteration")
_AT_ONCE = 1000
"""MLflow's limit of metrics in one batch."""


def log_rows(name: str, data: pd.DataFrame, path: Path) -> None:
    """Each row of a table with the columns arm and iteration: numbers as metrics, texts as tags."""
    for row in data.to_dict("records"):
        now = int(time.time() * 1000)
        told = {str(key): value for key, value in row.items() if key not in KEYS and pd.notna(value)}
        metrics = [
            Metric(key, float(value), now, 0) for key, value in told.items() if not isinstance(value, str)
        ]
        tags = [RunTag(key, value) for key, value in told.items() if isinstance(value, str)]
        _log(str(row["arm"]), int(row["iteration"]), metrics, tags)


def log_curves(name: str, data: pd.DataFrame, path: Path) -> None:
    """The training logs of several trainings: a metric `training.<column>` with a value a step."""
    keys: Any
    for keys, rows in data.groupby(list(KEYS), sort=False):
        now = int(time.time() * 1000)
        metrics = [
            Metric(f"training.{column}", float(value), now, int(step))
            for column in rows.columns.difference([*KEYS, "step", "epoch"])
            for step, value in zip(rows["step"], rows[column], strict=True)
            if pd.notna(value)
        ]
        _log(str(keys[0]), int(keys[1]), metrics, [])


def _log(arm: str, iteration: int, metrics: list[Metric], tags: list[RunTag]) -> None:
    parent = mlflow.active_run()
    assert parent is not None
    client = MlflowClient()
    run_id = _child(client, parent, arm, iteration)
    rest = iter(metrics)
    while some := list(islice(rest, _AT_ONCE)):
        client.log_batch(run_id, metrics=some)
    client.log_batch(run_id, tags=tags)
    client.set_terminated(run_id, "FINISHED")


def _child(client: MlflowClient, parent: Run, arm: str, iteration: int) -> str:
    """The run of an arm and iteration below `parent`, made if it is not there."""
    ours = {MLFLOW_PARENT_RUN_ID: parent.info.run_id, "arm": arm, "iteration": str(iteration)}
    wanted = " and ".join(f"tags.`{key}` = '{value}'" for key, value in ours.items())
    found = client.search_runs([parent.info.experiment_id], filter_string=wanted, max_results=1)
    if found:
        return str(found[0].info.run_id)
    tags: dict[str, Any] = ours | {MLFLOW_RUN_NAME: f"{arm}, iteration {iteration}"}
    return str(client.create_run(parent.info.experiment_id, tags=tags).info.run_id)
