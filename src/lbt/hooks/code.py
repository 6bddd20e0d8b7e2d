"""Which code made a run."""

import subprocess
from pathlib import Path


def git_tags(project: Path) -> dict[str, str]:
    """Commit and dirty flag of the project's checkout; nothing where there is none."""
    commit = _git(project, "rev-parse", "HEAD")
    if commit is None:
        return {}
    changes = _git(project, "status", "--porcelain")
    return {"git.commit": commit, "git.dirty": str(bool(changes)).lower()}


def _git(project: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=project, capture_output=True, text=True, check=True, timeout=10
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
