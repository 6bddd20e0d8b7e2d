"""The ways in which a saved dataset is recorded in the active MLflow run, by the name the catalog uses.

Each takes the dataset's name, its data and the file or folder that was saved, and returns the metrics that
it has, which are logged when the run ends.
"""

import time
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
import plotly.graph_objects as go
from mlflow.data.pandas_dataset import from_pandas
from mlflow.data.sources import LocalArtifactDatasetSource  # type: ignore[attr-defined]  # made at import
from mlflow.entities import Metric
from mlflow.utils.mlflow_tags import MLFLOW_RUN_NOTE

from lbt.hooks import children
from lbt.reporting.page import figure_page

# columns of the training log that are not curves
_AXES = ("step", "epoch")


def _artifact(name: str, data: Any, path: Path) -> None:
    """The file or folder as it is."""
    if path.is_dir():
        mlflow.log_artifacts(str(path), name)
    else:
        mlflow.log_artifact(str(path), "tables" if path.suffix == ".parquet" else "reports")


def _metrics(name: str, data: dict[str, float | None], path: Path) -> list[Metric]:
    """A flat JSON object of numbers: its values as metrics."""
    _artifact(name, data, path)
    return points((key, 0, value) for key, value in data.items())


def _usage(name: str, data: dict[str, float], path: Path) -> None:
    """The sampler's account of a stage; `Tracking` adds it up over the stages."""
    _artifact(name, data, path)


def _curves(name: str, data: pd.DataFrame, path: Path) -> list[Metric]:
    """The training log: a metric `training.<column>` with one value per logged step."""
    _artifact(name, data, path)
    return points(
        (f"training.{column}", int(step), value)
        for column in data.columns.difference(list(_AXES))
        for step, value in zip(data["step"], data[column], strict=True)
    )


def _rounds(name: str, data: pd.DataFrame, path: Path) -> list[Metric]:
    """Rounds of arms: a metric `rounds.<arm>.<column>` with a value per round, the mean over the repeats."""
    _artifact(name, data, path)
    means = data.drop(columns="repeat").groupby(["arm", "round"]).mean()
    return points(
        (f"rounds.{row['arm']}.{column}", int(row["round"]), row[column])
        for row in means.reset_index().to_dict("records")
        for column in means.columns
    )


def points(values: Iterable[tuple[str, int, float | None]]) -> list[Metric]:
    """Metrics by name and step; a missing value is left out."""
    now = int(time.time() * 1000)
    return [Metric(name, float(value), now, step) for name, step, value in values if pd.notna(value)]


def _plot(name: str, data: go.Figure, path: Path) -> None:
    """A figure, as a page that opens in a browser without a network."""
    title = data.layout.title.text or name.replace("_", " ")
    mlflow.log_text(figure_page(data, title), f"plots/{name}.html")


def _note(name: str, data: str, path: Path) -> None:
    """Markdown: the description of the run, with links to what it made."""
    run = mlflow.active_run()
    assert run is not None
    place = f"#/experiments/{run.info.experiment_id}/runs/{run.info.run_id}/artifacts"
    links = f"\n[Report]({place}/reports/report.html) · [tables and plots]({place})\n"
    mlflow.set_tag(MLFLOW_RUN_NOTE, data + links)


def _table_of_inputs(name: str, data: pd.DataFrame, path: Path) -> None:
    """A table that people know a run by: an artifact, and an input with its digest."""
    if len(data):  # MLflow has no digest of an empty table
        source = LocalArtifactDatasetSource(
            str(path)
        )  # of a bare path MLflow warns that it may be two things
        with warnings.catch_warnings():
            # It is about models that are served this table, which no one does.
            warnings.filterwarnings("ignore", "Hint: Inferred schema contains integer column")
            mlflow.log_input(from_pandas(data, source=source, name=name), context=name)
    _artifact(name, data, path)


def _tags(name: str, data: dict[str, str], path: Path) -> None:
    """A flat JSON object of strings: its values as tags of the run."""
    mlflow.set_tags({key: value for key, value in data.items() if value is not None})


def _children(name: str, data: pd.DataFrame, path: Path) -> None:
    """A table with the columns arm and iteration: a run below this one for each row."""
    children.log_rows(name, data, path)
    _artifact(name, data, path)


def _child_curves(name: str, data: pd.DataFrame, path: Path) -> None:
    """Training logs with the columns arm and iteration: curves of the runs below this one."""
    children.log_curves(name, data, path)
    _artifact(name, data, path)


RECORDS: dict[str, Callable[[str, Any, Path], list[Metric] | None]] = {
    "artifact": _artifact,
    "metrics": _metrics,
    "usage": _usage,
    "curves": _curves,
    "rounds": _rounds,
    "plot": _plot,
    "tags": _tags,
    "note": _note,
    "input": _table_of_inputs,
    "children": _children,
    "child_curves": _child_curves,
}
