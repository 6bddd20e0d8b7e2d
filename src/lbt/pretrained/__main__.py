"""Make the folder of a real model in the data folder: `make smollm2`, or `python -m lbt.pretrained smollm2`.

LBT_DATA moves the data folder, as for a run.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from lbt.errors import LbtError
from lbt.pretrained import GEMMA, SMOLLM2, Pretrained, make_model

_MODELS = {"smollm2": SMOLLM2, "gemma": GEMMA}


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m lbt.pretrained", description=__doc__)
    parser.add_argument("model", choices=_MODELS)
    parser.add_argument("--accept-terms", action="store_true", help="accept a model's own terms")
    options = parser.parse_args(arguments)
    model = _MODELS[options.model]
    if model.terms and not options.accept_terms:
        print(
            f"{model.title} has terms of its own, which are not a free licence: {model.terms}\n"
            f"If you accept them: {model.command}",
            file=sys.stderr,
        )
        return 1
    folder = Path(os.environ.get("LBT_DATA", "data")) / model.place
    begun = time.monotonic()
    try:
        made = make_model(model, folder, _say)
    except KeyboardInterrupt:
        print("\nStopped. Nothing half-made is left; run it again when you like.", file=sys.stderr)
        return 130
    except (LbtError, OSError) as error:
        print(f"make {options.model}: {error}", file=sys.stderr)
        return 1
    if not made:
        _say(f"{model.title} is already there, and complete: {folder}")
        return 0
    _say(_told(model, folder, time.monotonic() - begun))
    return 0


def _told(model: Pretrained, folder: Path, seconds: float) -> str:
    size = sum(file.stat().st_size for file in folder.iterdir())
    return (
        f"{model.title} is in {folder} ({size / 1e6:,.0f} MB, {seconds:.0f} s).\n"
        f"Its licence is {model.licence_name}: {folder / model.licence}\n\n"
        f"{model.next_step.format(folder=folder)}\n"
        "What it can and cannot do:      docs/real_model.md"
    )


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
