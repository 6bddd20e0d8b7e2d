"""Time and memory of the main job, from nothing and with everything stored.

Run with `make bench`; writes benchmarks/results.json (name, value, unit, n, command) and prints a table.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COMMAND = ["kedro", "run", "--pipeline=lbt_finetune"]
RESULTS = Path(__file__).with_name("results.json")


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


def main() -> None:
    """Measure a first and a second run and write the results."""
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
    results = [{"name": n, "value": round(v, 3), "unit": u, "n": 1, "command": command} for n, v, u in rows]
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    for name, value, unit in rows:
        print(f"{name:28} {value:10.2f} {unit}")


if __name__ == "__main__":
    main()
