"""Many programs, examined side by side in a sandbox that stays warm."""

import atexit
import os
import platform
import sys
from collections.abc import Sequence
from threading import Lock

from lbt.sandbox.programs.examination import Examination, Examined, SandboxError
from lbt.sandbox.programs.limits import ProgramLimits
from lbt.sandbox.programs.round import Round
from lbt.sandbox.programs.serving import LAYERS, ServerGone, ServerProcess
from lbt.sandbox.programs.work import Work

_LOST_SERVERS = 3


class Sandbox:
    """A fork server, started with the first job, and the jobs that it does.

    Args:
        launcher: A command that starts another one inside a stronger boundary, such as bubblewrap.
        unsafe_execution: Whether to run programs where the kernel cannot filter system calls.
        layers: Those to put on; fewer only to show what each is good for.
    """

    def __init__(
        self, launcher: Sequence[str] = (), unsafe_execution: bool = False, layers: Sequence[str] = LAYERS
    ) -> None:
        self.launcher, self.unsafe_execution, self.layers = tuple(launcher), unsafe_execution, tuple(layers)
        self._server: ServerProcess | None = None
        self._lock = Lock()

    def containment(self) -> str:
        """The layers, such as "landlock 7, seccomp, limits". Raises SandboxError if they are too few."""
        with self._lock:
            return self._started().containment

    def examine(
        self, jobs: Sequence[Examination], limits: ProgramLimits, workers: int | None = None
    ) -> list[Examined]:
        """What the jobs came to, in their order."""
        works = [Work(job, limits) for job in jobs]
        with self._lock:
            lost = 0
            while any(work.todo for work in works):
                try:
                    Round(self._started(), works, workers or len(os.sched_getaffinity(0))).run()
                except ServerGone:
                    lost += 1
                    self._end()
                    if lost >= _LOST_SERVERS:
                        raise SandboxError(
                            "The sandbox's server was killed from outside several times. Check whether the "
                            "machine is short of memory, and run again."
                        ) from None
                except BaseException:
                    self._end()
                    raise
            containment = self._started().containment
        return [
            Examined(
                tuple(work.results[number] for number in range(len(work.job.items))),
                work.program_error,
                containment,
            )
            for work in works
        ]

    def process_id(self) -> int | None:
        """Of the server, while it runs."""
        return None if self._server is None else self._server.process.pid

    def close(self) -> None:
        """End the server; the next job starts a new one."""
        with self._lock:
            self._end()

    def _started(self) -> ServerProcess:
        if sys.platform != "linux":
            raise SandboxError(
                f"Programs can be run on Linux only, but this is {platform.system()}. Use a Linux container "
                "or virtual machine, for example Docker or WSL."
            )
        if self._server is None:
            self._server = ServerProcess(self.launcher, self.layers)
        if not self._server.filtered and not self.unsafe_execution:
            self._end()
            raise SandboxError(
                f"Programs cannot be run safely here: this system ({platform.machine()}) does not let a "
                "process filter its system calls (seccomp). Use Linux on x86-64 or aarch64, with a kernel or "
                "container that has it, or set `unsafe_execution: true` to run programs with limits only."
            )
        return self._server

    def _end(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


_sandboxes: dict[tuple[int, tuple[str, ...], bool], Sandbox] = {}
_sandboxes_lock = Lock()


def shared_sandbox(unsafe_execution: bool = False, launcher: Sequence[str] = ()) -> Sandbox:
    """This process's sandbox, kept warm until the process ends."""
    with _sandboxes_lock:
        key = (os.getpid(), tuple(launcher), unsafe_execution)
        if key not in _sandboxes:
            _sandboxes[key] = Sandbox(launcher, unsafe_execution)
            atexit.register(_sandboxes[key].close)
        return _sandboxes[key]


def examine_programs(
    jobs: Sequence[Examination],
    limits: ProgramLimits,
    workers: int | None = None,
    unsafe_execution: bool = False,
    launcher: Sequence[str] = (),
) -> list[Examined]:
    """Examine programs that nobody trusts, each by its own items.

    Args:
        jobs: Programs, and what is done with them.
        limits: What each may use.
        workers: Programs side by side; as many as this process may use processors if None.
        unsafe_execution: Whether to run programs where the kernel cannot confine them.
        launcher: A command that starts the sandbox inside a stronger boundary, such as bubblewrap.

    Returns:
        What they came to, in the order of the jobs. Raises SandboxError where no safe sandbox is possible.
    """
    return shared_sandbox(unsafe_execution, launcher).examine(jobs, limits, workers)


def containment(unsafe_execution: bool = False, launcher: Sequence[str] = ()) -> str:
    """Which layers are in force here. Raises SandboxError, which says what to do, where they are too few."""
    return shared_sandbox(unsafe_execution, launcher).containment()
