"""Make the folder of SmolLM2-135M-Instruct in the data folder: `make smollm2`, or `python -m lbt.pretrained`.

LBT_DATA moves the data folder, as for a run.
"""

import os
import sys
import time
from pathlib import Path

from lbt.errors import LbtError
from lbt.pretrained import FOLDER, make_smollm2


def main() -> int:
    """Run the command; returns the exit code."""
    folder = Path(os.environ.get("LBT_DATA", "data")) / FOLDER
    begun = time.monotonic()
    try:
        made = make_smollm2(folder, _say)
    except KeyboardInterrupt:
        print("\nStopped. Nothing half-made is left; run it again when you like.", file=sys.stderr)
        return 130
    except (LbtError, OSError) as error:
        print(f"make smollm2: {error}", file=sys.stderr)
        return 1
    if not made:
        _say(f"SmolLM2-135M-Instruct is there and complete: {folder}")
        return 0
    size = sum(file.stat().st_size for file in folder.iterdir())
    _say(
        f"SmolLM2-135M-Instruct is in {folder} ({size / 1e6:,.0f} MB, {time.monotonic() - begun:.0f} s).\n"
        f"Its licence is Apache-2.0: {folder / 'LICENSE'}\n\n"
        "What a run with it would ask:   make dry-run ENV=smollm2\n"
        "A small run:                    .venv/bin/kedro run --pipeline=lbt_search --env=smollm2\n"
        "What it can and cannot do:      docs/real_model.md"
    )
    return 0


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
