"""Many programs, examined side by side in a sandbox that stays warm."""

import atexit
import os
import platform
import selectors
import sys
from collections import deque
from collections.abc import Sequence
from threading import Lock

from lbt.sandbox.programs.examination import Examination, Examined, Run, SandboxError
from lbt.sandbox.programs.limits import ProgramLimits
from lbt.sandbox.programs.piece import Piece, Tests, WholeRun
from lbt.sandbox.programs.serving import LAYERS, ServerGone, ServerProcess
from lbt.sandbox.programs.work import Ended, Work

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
                    _Round(self._started(), works, workers or len(os.sched_getaffinity(0))).run()
                except ServerGone:
                    lost += 1
                    self._end()
                    if lost >= _LOST_SERVERS:
                        raise SandboxError(
                            "The sandbox's server was ended from outside again and again. See whether the "
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
                f"Programs are run on Linux only, and this is {platform.system()}. Use a Linux container or "
                "virtual machine, for example Docker or WSL."
            )
        if self._server is None:
            self._server = ServerProcess(self.launcher, self.layers)
        if not self._server.filtered and not self.unsafe_execution:
            self._end()
            raise SandboxError(
                f"Programs cannot be run safely here: this system ({platform.machine()}) lets no process "
                "filter its system calls (seccomp). Use Linux on x86-64 or aarch64, with a kernel or "
                "container that has it, or set `unsafe_execution: true` to run programs with limits only."
            )
        return self._server

    def _end(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


class _Round:
    """Jobs in the hands of one server."""

    def __init__(self, server: ServerProcess, works: Sequence[Work], workers: int) -> None:
        self.server, self.workers = server, workers
        self.waiting = deque(work for work in works if work.todo)
        self.running: dict[int, Piece] = {}
        self.selector = selectors.DefaultSelector()
        self.count = 0

    def run(self) -> None:
        with self.selector:
            self.selector.register(self.server.control, selectors.EVENT_READ)
            try:
                while self.waiting or self.running:
                    while self.waiting and len(self.running) < self.workers:
                        self._start(self.waiting.popleft())
                    self._listen()
            finally:
                for piece in self.running.values():
                    piece.work.todo.extendleft(reversed(piece.open))
                    self._drop(piece)

    def _start(self, work: Work) -> None:
        items = work.take()
        kind = WholeRun if isinstance(work.job.items[items[0]], Run) else Tests
        self.count += 1
        piece = kind(self.count, work, items)
        self.running[piece.number] = piece
        for inbox in piece.inboxes:
            self.selector.register(inbox.file, selectors.EVENT_READ, (piece, inbox))
        piece.start(self.server)

    def _listen(self) -> None:
        messages = []
        for key, _ in self.selector.select():
            if key.data is None:
                messages.append(self.server.read())
                continue
            piece, inbox = key.data
            piece.hear(self.server)
            if not inbox.open or inbox.overfull:
                self.selector.unregister(inbox.file)
        for message in messages:
            piece = self.running.pop(message["ended"])
            piece.hear(self.server)
            self._drop(piece)
            piece.settle(Ended(message["cause"], message["statuses"], message["cpu"]))
            if piece.work.todo:
                self.waiting.appendleft(piece.work)

    def _drop(self, piece: Piece) -> None:
        for inbox in piece.inboxes:
            if inbox.file in self.selector.get_map():
                self.selector.unregister(inbox.file)
            inbox.close()


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
        What they came to, in the order of the jobs. Raises SandboxError where nothing safe is to be had.
    """
    return shared_sandbox(unsafe_execution, launcher).examine(jobs, limits, workers)


def containment(unsafe_execution: bool = False, launcher: Sequence[str] = ()) -> str:
    """Which layers are in force here. Raises SandboxError, which says what to do, where they are too few."""
    return shared_sandbox(unsafe_execution, launcher).containment()
