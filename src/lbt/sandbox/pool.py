"""A named function applied to many items by worker processes, each item with a hard time limit.

The workers are programs of their own, not `multiprocessing` children: those import the caller's `__main__`
again, which fails in a notebook or a script without a guard, and forking is unsafe beside torch's threads.
"""

import atexit
import json
import os
import selectors
import shlex
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Literal

from lbt.errors import LbtError
from lbt.sandbox.worker import DONE, READY

_START_LIMIT_S = 120.0
_ITEMS_A_MESSAGE = 8
# Of workers over one item, until the item is held to be the reason. Not 2: where all workers are killed from
# outside, an item can lose its worker, be sent to one that is dead already, and lose that too.
_DEATHS = 3
_FAILED_STARTS = 3
_READ_BYTES = 65536


@dataclass(frozen=True, slots=True)
class Job:
    """What the workers of a pool do.

    Args:
        module: An importable module.
        function: Its function of one item. Items and results are JSON values.
        warm_up: Its function that a worker calls before its first item, outside the limit; none if empty.
        limit_s: Seconds that one item may take.
        memory_bytes: Address space of a worker; an item that needs more fails.
    """

    module: str
    function: str
    warm_up: str = ""
    limit_s: float = 5.0
    memory_bytes: int = 2 << 30

    def command(self) -> list[str]:
        """The program of a worker."""
        limits = [str(self.limit_s), str(self.memory_bytes)]
        # -P: a file of the user's folder must not stand in for a library module.
        worker = [sys.executable, "-P", "-m", "lbt.sandbox.worker"]
        return [*worker, self.module, self.function, self.warm_up, *limits]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one item, or why it has none."""

    value: Any = None
    failure: Literal["raised", "late", "died"] | None = None
    """The function raised an exception, took too long, or ended its worker."""


class _Worker:
    """A process and what it was sent."""

    def __init__(self, job: Job) -> None:
        self.process = subprocess.Popen(
            job.command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.inbox, self.outbox = self.process.stdin, self.process.stdout
        self.sent: deque[int] = deque()
        self.ready = False
        self.deadline = time.monotonic() + _START_LIMIT_S
        self._unfinished = b""

    def send(self, numbers: Sequence[int], items: Sequence[Any]) -> None:
        self.sent.extend(numbers)
        line = json.dumps([items[number] for number in numbers]).encode() + b"\n"
        try:
            while line:
                line = line[self.inbox.write(line) :]
        except BrokenPipeError:
            pass  # its output ends too, which is where a death is noticed

    def read(self) -> list[bytes] | None:
        """The whole lines that have come; None if its output has ended."""
        output = os.read(self.outbox.fileno(), _READ_BYTES)
        if not output:
            return None
        *lines, self._unfinished = (self._unfinished + output).split(b"\n")
        return lines

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self.inbox.close()
        self.outbox.close()


class WorkerPool:
    """Processes that start with the first item, stay warm, and are replaced when they die or are late.

    Args:
        job: What they do.
        workers: Processes at most; as many as this process may use CPUs if None.
    """

    def __init__(self, job: Job, workers: int | None = None) -> None:
        self.job = job
        self.workers = workers or len(os.sched_getaffinity(0))
        self._running: list[_Worker] = []
        self._lock = Lock()

    def map(self, items: Sequence[Any]) -> list[Outcome]:
        """The outcome of each item, in their order.

        Raises LbtError if no worker can be started.
        """
        with self._lock:
            try:
                return _Round(self, items).run()
            except BaseException:
                self._end_all()
                raise

    def process_ids(self) -> list[int]:
        """Of the workers that run."""
        return [worker.process.pid for worker in self._running]

    def close(self) -> None:
        """End the processes; the next item starts new ones."""
        with self._lock:
            self._end_all()

    def _end_all(self) -> None:
        while self._running:
            self._running.pop().end()


class _Round:
    """One call of `WorkerPool.map`."""

    def __init__(self, pool: WorkerPool, items: Sequence[Any]) -> None:
        self.pool, self.items = pool, items
        self.outcomes = [Outcome()] * len(items)
        self.waiting = deque(range(len(items)))
        self.deaths: Counter[int] = Counter()
        self.failed_starts = 0
        self.selector = selectors.DefaultSelector()

    def run(self) -> list[Outcome]:
        with self.selector:
            for worker in self.pool._running:
                self.selector.register(worker.outbox, selectors.EVENT_READ, worker)
            while self.waiting or any(worker.sent for worker in self.pool._running):
                self._hand_out()
                self._listen()
        return self.outcomes

    def _hand_out(self) -> None:
        for worker in self.pool._running:
            if worker.ready and not worker.sent and self.waiting:
                self._send(worker)
        starting = sum(not worker.ready for worker in self.pool._running)
        messages = -(-len(self.waiting) // _ITEMS_A_MESSAGE)
        for _ in range(min(messages - starting, self.pool.workers - len(self.pool._running))):
            worker = _Worker(self.pool.job)
            self.pool._running.append(worker)
            self.selector.register(worker.outbox, selectors.EVENT_READ, worker)

    def _send(self, worker: _Worker) -> None:
        count = min(_ITEMS_A_MESSAGE, len(self.waiting))
        worker.send([self.waiting.popleft() for _ in range(count)], self.items)
        worker.deadline = time.monotonic() + self.pool.job.limit_s

    def _listen(self) -> None:
        busy = [worker for worker in self.pool._running if worker.sent or not worker.ready]
        first = min(worker.deadline for worker in busy)
        for key, _ in self.selector.select(max(0.0, first - time.monotonic())):
            worker: _Worker = key.data
            lines = worker.read()
            if lines is None:
                self._bury(worker, late=False)
            elif lines:
                self._note(worker, lines)
        now = time.monotonic()
        for worker in busy:
            if worker in self.pool._running and (worker.sent or not worker.ready) and now > worker.deadline:
                self._bury(worker, late=True)

    def _note(self, worker: _Worker, lines: Sequence[bytes]) -> None:
        for line in lines:
            if line == READY:
                worker.ready, self.failed_starts = True, 0
            elif line.startswith(DONE):
                self.outcomes[worker.sent.popleft()] = Outcome(json.loads(line[len(DONE) :]))
            else:
                self.outcomes[worker.sent.popleft()] = Outcome(failure="raised")
        worker.deadline = time.monotonic() + self.pool.job.limit_s

    def _bury(self, worker: _Worker, late: bool) -> None:
        """Replace a worker; the item it worked on has failed if it was late or has killed workers before."""
        self.selector.unregister(worker.outbox)
        self.pool._running.remove(worker)
        worker.end()
        if not worker.ready:
            self._note_failed_start(worker)
        if worker.sent:
            self.deaths[worker.sent[0]] += 1
            if late or self.deaths[worker.sent[0]] >= _DEATHS:
                self.outcomes[worker.sent.popleft()] = Outcome(failure="late" if late else "died")
        self.waiting.extendleft(reversed(worker.sent))

    def _note_failed_start(self, worker: _Worker) -> None:
        self.failed_starts += 1
        if self.failed_starts < _FAILED_STARTS:
            return
        raise LbtError(
            f"The worker processes of {self.pool.job.module} do not start (exit code "
            f"{worker.process.returncode}). To see why, run `{shlex.join(self.pool.job.command())}`: it "
            'should write "R" and wait.'
        )


_pools: dict[tuple[int, Job, int | None], WorkerPool] = {}
_pools_lock = Lock()


def shared_pool(job: Job, workers: int | None = None) -> WorkerPool:
    """This process's pool for a job, kept warm until the process ends."""
    with _pools_lock:
        key = (os.getpid(), job, workers)  # a forked child must not write into its parent's pipes
        if key not in _pools:
            _pools[key] = WorkerPool(job, workers)
            atexit.register(_pools[key].close)
        return _pools[key]
