from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go
from kedro.pipeline import Pipeline, node
from pydantic import Field

from lbt.configuration import Settings
from lbt.errors import DataError
from lbt.pipelines.parameters import Seed
from lbt.pipelines.stage import stage
from lbt.reporting import TrackingSettings


class Sampling(Settings):
    temperature: float = Field(ge=0)


class TableSettings(Settings):
    rows: int = Field(gt=0)
    sampling: Sampling
    end: Literal["well", "error", "interrupt", "bug", "bad_table"] = "well"


class PreferenceSettings(Settings):
    signal: str


def make_table(table: TableSettings, seed: Seed) -> tuple[pd.DataFrame, dict[str, int]]:
    frame = pd.DataFrame({"value": range(seed.root, seed.root + table.rows)})
    return frame, {"new": table.rows, "reused": 1, "failed": 0, "tokens": 50}


def measure(
    made: pd.DataFrame, table: TableSettings, preferences: PreferenceSettings, tracking: TrackingSettings
) -> tuple[dict[str, float], dict[str, int], pd.DataFrame, go.Figure, dict[str, str], str]:
    if table.end == "error":
        raise DataError("problems.jsonl:3 has no answer.\nAdd one.")
    if table.end == "interrupt":
        raise KeyboardInterrupt
    if table.end == "bug":
        raise RuntimeError("something nobody thought of")
    log = pd.DataFrame(
        {"step": [1.0, 2.0], "epoch": [0.5, 1.0], "loss": [0.7, 0.5], "reward_margin": [0.1, 0.3]}
    )
    metrics = {"eval.base.accuracy": 0.5, "eval.unknown": None}
    usage = {"new": 10, "reused": 5, "failed": 0, "tokens": 7}
    return metrics, usage, log, go.Figure(), {"outcome": "trained"}, f"rows {len(made)}\n"


def double(made: pd.DataFrame) -> pd.DataFrame:
    return made * 2


def compare(made: pd.DataFrame, doubled: pd.DataFrame) -> dict[str, str]:
    return {"equal": str(bool((made * 2).equals(doubled)))}


def save_model(made: pd.DataFrame) -> dict[str, Any]:
    return {"weights.bin": str(len(made)), "config.json": "{}"}


def register_pipelines() -> dict[str, Pipeline]:
    first = stage(
        "first",
        [node(make_table, ["params:table", "params:seed"], ["made", "first_usage"], name="make_table")],
    )
    second = stage(
        "second",
        [
            node(
                measure,
                ["made", "params:table", "params:preferences", "params:tracking"],
                ["metrics", "second_usage", "training_log", "plot", "tags", "summary"],
                name="measure",
            ),
            node(save_model, "made", "model", name="save_model"),
        ],
    )
    third = stage(
        "third",
        [node(compare, ["made", "doubled"], "comparison", name="compare")],
    )
    side = stage("side", [node(double, "made", "doubled", name="double")])
    whole = first + second + side + third
    return {"__default__": whole, "tiny": whole, "first": first}


def check_table(frame: pd.DataFrame) -> pd.DataFrame:
    """A validator for the catalog."""
    assert (frame["value"] < 1000).all(), "value of 1000 or more"
    return frame
