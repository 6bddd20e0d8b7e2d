"""Start the processes of one training, with torch's own launcher or Ray Train, and tell what became of them.

With torch's they are programs of their own (`python -m lbt.training.worker`), so that a notebook or a script
without a guard can start them, a GPU's memory is free afterwards, and torchrun can start the same ones on
several machines.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from lbt import errors
from lbt.cluster import connect
from lbt.errors import LbtError
from lbt.generation import ModelIdentity
from lbt.training.hand_over import Job, ended, last_lines, take_result, terminal_of, write_job
from lbt.training.learning import Result
from lbt.training.lessons import Lesson
from lbt.training.work import WorkFolder

if TYPE_CHECKING:
    from torch.distributed.elastic.multiprocessing.errors import ProcessFailure


def launch(lesson: Lesson, identity: ModelIdentity, work: WorkFolder) -> Result:
    """Train with several processes and return what the leading one does.

    Raises:
        LbtError: What a process raised; or that one of them ended, with its last lines; or, if another
            launcher is to start them, the command.
    """
    settings = lesson.training.settings
    if settings.launcher == "outer":
        result = take_result(work.processes)
        if result is None:
            raise LbtError(_command(write_job(Job(lesson, identity, work)), lesson))
        return result
    folder = write_job(Job(lesson, identity, work))
    if settings.launcher == "ray":
        connect(settings.ray_address, lesson.training.name)
        from lbt.training.on_ray import train_on_ray

        train_on_ray(folder, lesson.training)
    else:
        _run(folder, settings.processes)
    result = take_result(folder)
    assert result is not None
    return result


def _command(folder: Path, lesson: Lesson) -> str:
    training = lesson.training
    place = folder.resolve()
    return (
        f"The training of {training.name} is ready for another launcher "
        f"({training.parameters}.launcher: outer). Start its {training.settings.processes} processes where "
        "all machines see this folder and the model, for example on this machine with: torchrun --standalone "
        f"--nproc-per-node {training.settings.processes} -m lbt.training.worker {place}\nThen run the same "
        "command again: it takes the trained model and continues."
    )


def _run(folder: Path, processes: int) -> None:
    from torch.distributed.elastic.multiprocessing import DefaultLogsSpecs
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
    from torch.distributed.launcher.api import LaunchConfig, elastic_launch

    launcher = LaunchConfig(
        min_nodes=1,
        max_nodes=1,
        nproc_per_node=processes,
        run_id=uuid.uuid4().hex,
        rdzv_backend="c10d",
        rdzv_endpoint="localhost:0",
        local_addr="localhost",
        max_restarts=0,
        logs_specs=DefaultLogsSpecs(log_dir=str(folder / "errors")),
    )
    program = ["-P", "-m", "lbt.training.worker", str(folder), str(_threads_of_each(processes))]
    with _own_signals(), _silent_launcher():
        try:
            elastic_launch(launcher, sys.executable)(*program)
        except ChildFailedError as error:
            raise _told(error.failures, folder, processes) from None


def _threads_of_each(processes: int) -> int:
    """The processes share the threads that one would have."""
    cores = len(os.sched_getaffinity(0))
    return max(1, int(os.environ.get("OMP_NUM_THREADS") or cores) // processes)


@contextmanager
def _own_signals() -> Iterator[None]:
    """The launcher handles the signals that end a program, for good; here, until its processes have ended."""
    from torch.distributed.elastic.multiprocessing import SignalException

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)
    before = {number: signal.getsignal(number) for number in numbers}
    received = None
    try:
        yield
    except SignalException as error:
        received = error.sigval
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if received is not None:
        signal.raise_signal(received)


@contextmanager
def _silent_launcher() -> Iterator[None]:
    """Without the launcher's own account of what fails: it is told in our words."""
    logger = logging.getLogger("torch.distributed.elastic")
    nothing, propagated = logging.NullHandler(), logger.propagate
    logger.addHandler(nothing)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(nothing)
        logger.propagate = propagated


def _told(failures: dict[int, ProcessFailure], folder: Path, processes: int) -> LbtError:
    """The failure that the others follow from, as an error of ours."""
    rank = min(failures, key=lambda rank: _order(rank, failures[rank]))
    failure = failures[rank]
    kind, text = _raised(failure)
    if kind is not None:
        return kind(text)
    how = f"was ended by {failure.signal_name()}" if failure.exitcode < 0 else "failed"
    if failure.exitcode == -signal.SIGKILL:
        how += ", as the system does when memory runs out"
    return ended(rank, processes, how, _last_lines(rank, failure, folder))


def _order(rank: int, failure: ProcessFailure) -> tuple[int, float, int]:
    """What comes first is the reason: that the others lose touch with it, or are ended, are consequences.

    A process writes what it raised before the others can lose touch with it; a killed one writes nothing.
    """
    error_file = Path(failure.error_file)
    if error_file.is_file():
        return 1, error_file.stat().st_mtime, rank
    ended = failure.exitcode in (-signal.SIGTERM, -signal.SIGABRT)
    return (2 if ended else 0), failure.timestamp, rank


def _raised(failure: ProcessFailure) -> tuple[type[LbtError] | None, str]:
    """The error of ours that a process raised, if it did."""
    told = failure.error_file_data["message"]
    text = told["message"] if isinstance(told, dict) else told
    name, _, message = text.partition(": ")
    kind = getattr(errors, name, None)
    return (kind, message) if isinstance(kind, type) and issubclass(kind, LbtError) else (None, text)


def _last_lines(rank: int, failure: ProcessFailure, folder: Path) -> str:
    told = failure.error_file_data["message"]
    written = terminal_of(rank, folder)
    text = told["extraInfo"]["py_callstack"] if isinstance(told, dict) else ""
    if not text and written.is_file():
        text = written.read_text(encoding="utf-8", errors="replace")
    if not text.strip():
        return " It wrote nothing before." if rank else " What it wrote is above."
    return last_lines(text)
