"""What the run and the processes of a training hand each other. Imports no framework.

<work_folder>/<fingerprint>/processes/job.pickle      what each process reads
<work_folder>/<fingerprint>/processes/result.pickle   what the one that leads returns
<work_folder>/<fingerprint>/processes/<rank>.txt      what another one writes instead of on the terminal
<work_folder>/<fingerprint>/processes/errors/         what they raise, in the form of torch's launcher
"""

from __future__ import annotations

import pickle
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from lbt.errors import LbtError
from lbt.generation import ModelIdentity
from lbt.training.learning import Result
from lbt.training.lessons import Lesson
from lbt.training.work import WorkFolder, writing

_JOB, _RESULT = "job.pickle", "result.pickle"
_LINES = 12
"""So many of the last lines of a process that ended are told."""


@dataclass(frozen=True)
class Job:
    """What each process is given."""

    lesson: Lesson
    identity: ModelIdentity
    work: WorkFolder
    directory: Path = field(default_factory=Path.cwd)
    """Of the run, from which its paths are read."""


def write_job(job: Job) -> Path:
    """The folder from which the processes read it."""
    folder = job.work.processes
    with writing("the training's state", folder):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / _JOB).write_bytes(pickle.dumps(job))
    return folder


def read_job(folder: Path) -> Job:
    """What `write_job` wrote.

    Raises:
        LbtError: There is no job in the folder.
    """
    try:
        job: Job = pickle.loads((folder / _JOB).read_bytes())
        return job
    except FileNotFoundError:
        raise LbtError(
            f"{folder} holds no training ({_JOB} is not there). Start a run with launcher: outer first; it "
            "says which folder it is."
        ) from None


def write_result(folder: Path, result: Result) -> None:
    """From the process that leads."""
    (folder / _RESULT).write_bytes(pickle.dumps(result))


def take_result(folder: Path) -> Result | None:
    """What `write_result` wrote, if it has, and then the folder is no more."""
    try:
        result: Result = pickle.loads((folder / _RESULT).read_bytes())
    except FileNotFoundError:
        return None
    shutil.rmtree(folder)
    return result


def terminal_of(rank: int, folder: Path) -> Path:
    """The file that a process writes to instead of the terminal, unless it leads."""
    return folder / f"{rank}.txt"


def ended(rank: int, processes: int, how: str, lines: str) -> LbtError:
    """The error about a process that has ended."""
    return LbtError(
        f"Process {rank} of the {processes} that train together (0 to {processes - 1}) {how}. The others "
        "were ended. Run the same command again: the training continues from its last whole checkpoint."
        f"{lines}"
    )


def last_lines(text: str) -> str:
    """The end of what a process wrote."""
    lines = [line for line in text.replace("\r", "\n").splitlines() if line.strip()]
    return "\nIts last lines:\n" + "\n".join(lines[-_LINES:])
