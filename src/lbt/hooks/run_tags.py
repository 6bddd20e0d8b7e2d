"""Tags that say what a run is, which code made it, and which failed run it continues."""

from collections.abc import Mapping
from pathlib import Path

import mlflow
from mlflow.entities import Run
from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID, MLFLOW_RUN_NAME

from lbt.hooks.code import git_tags
from lbt.hooks.command import command_of
from lbt.hooks.facts import RunDescription, shown
from lbt.hooks.mlflow_run import COMMAND

_LONGEST = 400
_SAME = ("pipeline", "kedro_env", "study", "arm", "seed", "round")
"""A run that fails and one that continues it agree in these."""


def tags_of(run: RunDescription, active: Run) -> dict[str, str]:
    """All tags of a run, its name among them; those that the parameters give win."""
    tags = {
        MLFLOW_RUN_NAME: run.name,
        MLFLOW_PARENT_RUN_ID: run.tracking.parent,
        "pipeline": run.pipelines,
        "kedro_env": run.run_params["env"] or "base",
        "kedro_version_id": run.save_version,
        "arm": run.arm,
        "seed": run.seed,
        "differs": _differences(run),
        COMMAND: command_of(dict(run.run_params)),
        **git_tags(Path(run.run_params["project_path"])),
        **run.tracking.tags,
    }
    found = {key: shown(value).replace('"', "'") for key, value in tags.items() if value is not None}
    resumed = resumed_run(found, active)
    return found | ({"resumes": resumed} if resumed else {})


def _differences(run: RunDescription) -> str | None:
    """What a table of runs shows of the parameters that are not those of conf/base."""
    told = ", ".join(f"{each['name']}={each['here']}" for each in run.differences)
    return (told if len(told) <= _LONGEST else f"{told[: _LONGEST - 1]}…") or None


def resumed_run(ours: Mapping[str, str], active: Run) -> str | None:
    """Id of the run before the active one that was about the same, if it did not finish.

    Args:
        ours: The tags of the active run; the earlier one has the same of `_SAME`.
        active: The active run.
    """
    same = " and ".join(f'tags.`{key}` = "{ours[key]}"' for key in _SAME if key in ours)
    earlier = mlflow.search_runs(
        experiment_ids=[active.info.experiment_id],
        filter_string=same,
        order_by=["attributes.start_time DESC"],
        max_results=2,
        output_format="list",
    )
    last = next((run for run in earlier if run.info.run_id != active.info.run_id), None)
    if last is None or last.info.status not in ("FAILED", "KILLED"):
        return None
    return str(last.info.run_id)
