"""Time and memory of the main job, from nothing and with everything stored.

python benchmarks/main_job.py
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from results import Row, hand_over, options, result

COMMAND = ["kedro", "run", "--pipeline=lbt_finetune"]


def run_once(folder: Path) -> tuple[float, float]:
    """Run the main job with its data in a folder; returns seconds and the peak memory in MB."""
    environment = os.environ | {
        "LBT_DATA": str(folder / "data"),
        "LBT_TRACKING_URI": f"sqlite:///{folder}/mlflow.db",
        "LBT_ARTIFACTS": str(folder / "artifacts"),
    }
    began = time.monotonic()
    subprocess.run([sys.executable, "-m", *COMMAND], env=environment, check=True, stdout=subprocess.DEVNULL)
    seconds = time.monotonic() - began
    return seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def measure() -> list[Row]:
    """A first and a second run."""
    with tempfile.TemporaryDirectory() as folder:
        first, peak = run_once(Path(folder))
        second, _ = run_once(Path(folder))
    command = " ".join(COMMAND)
    rows = [
        ("main_job.first_run", first, "s"),
        ("main_job.second_run", second, "s"),
        ("main_job.second_to_first", second / first, "ratio"),
        ("main_job.peak_memory", peak, "MB"),
    ]
    return [result(name, [value], unit, 1, command) for name, value, unit in rows]


def main() -> None:
    arguments = options(__doc__).parse_args()
    hand_over(measure(), arguments.json)


if __name__ == "__main__":
    main()
