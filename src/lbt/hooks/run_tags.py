"""Tags that say which code made a run, and which failed run it continues."""

import subprocess
from pathlib import Path

import mlflow
from mlflow.entities import Run


def git_tags(project: Path) -> dict[str, str]:
    """Commit and dirty flag of the project's checkout; nothing where there is none."""
    commit = _git(project, "rev-parse", "HEAD")
    if commit is None:
        return {}
    changes = _git(project, "status", "--porcelain")
    return {"git.commit": commit, "git.dirty": str(bool(changes)).lower()}


def resumed_run(pipeline: str, active: Run) -> str | None:
    """Id of the run before the active one of the same pipeline and experiment, if it did not finish."""
    earlier = mlflow.search_runs(
        experiment_ids=[active.info.experiment_id],
        filter_string=f"tags.pipeline = '{pipeline}'",
        order_by=["attributes.start_time DESC"],
        max_results=2,
        output_format="list",
    )
    last = next((run for run in earlier if run.info.run_id != active.info.run_id), None)
    if last is None or last.info.status not in ("FAILED", "KILLED"):
        return None
    return str(last.info.run_id)


def _git(project: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=project, capture_output=True, text=True, check=True, timeout=10
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
