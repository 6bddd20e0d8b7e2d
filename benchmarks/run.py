"""All benchmarks, one after the other: `make bench`; some of them: `make bench ARGS="store memory"`.

Rows go into benchmarks/results.json (name, value, low, high, unit, n, command); those of parts that are not
run stay. Takes about 75 minutes on 2 cores that do nothing else.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results.json"
SMOLLM2 = FOLDER.parent / "data" / "06_models" / "smollm2-135m-instruct"
PARTS = {
    "main_job": ["main_job.py"],
    "store": ["store.py"],
    "memory": ["memory.py"],
    "examiner": ["examiner.py"],
    "transformers": ["engines.py", "transformers"],
    "continuous": ["engines.py", "continuous"],
    "vllm": ["engines.py", "vllm"],
    "openai": ["engines.py", "openai"],
    "grading": ["grading.py"],
    "sandbox": ["sandbox.py"],
    "search": ["search_scale.py"],
    "real_model": ["real_model.py"],
    "ray": ["ray_engine.py"],
    "ray_simulation": ["ray_simulation.py"],
}


def main() -> None:
    """Run the parts and keep their rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        "parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; all if none is named"
    )
    chosen = parser.parse_args().parts or list(PARTS)
    if unknown := set(chosen) - PARTS.keys():
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    for part in chosen:
        if part in ("vllm", "openai") and find_spec("vllm") is None:
            print(f"{part}: left out, for vLLM is not installed (make vllm)")
            continue
        if part == "ray" and find_spec("ray") is None:
            print(f"{part}: left out, for Ray is not installed (make ray)")
            continue
        if part == "real_model" and not SMOLLM2.is_dir():
            print(f"{part}: left out, for the model is not here (make smollm2)")
            continue
        print(f"\n{part}", flush=True)
        with tempfile.NamedTemporaryFile(suffix=".json") as file:
            script, *arguments = PARTS[part]
            command = [sys.executable, str(FOLDER / script), *arguments, "--json", file.name]
            subprocess.run(command, check=True)
            keep(json.loads(Path(file.name).read_text()))


def keep(rows: list[dict[str, object]]) -> None:
    """Put rows in the place of earlier ones of the same name."""
    earlier = {row["name"]: row for row in json.loads(RESULTS.read_text())} if RESULTS.exists() else {}
    merged = earlier | {row["name"]: row for row in rows}
    RESULTS.write_text(json.dumps(list(merged.values()), indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
