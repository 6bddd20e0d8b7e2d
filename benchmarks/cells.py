"""A cell of the evidence: one `kedro run` with its own data folder, and what it left there."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def run_pipeline(pipeline: str, parameters: str, data: Path, env: str = "") -> None:
    """Run it with its terminal shown; a run that fails ends the benchmark with it."""
    command = [sys.executable, "-m", "kedro", "run", f"--pipeline={pipeline}", f"--params={parameters}"]
    command += [f"--env={env}"] if env else []
    if subprocess.run(command, cwd=ROOT, env=os.environ | {"LBT_DATA": str(data)}).returncode:
        sys.exit("The run above failed. Finished runs are kept: the same command continues from here.")


def newest(entry: Path) -> Path:
    """The file of the newest version of a catalog entry."""
    return max(entry.iterdir()) / entry.name
