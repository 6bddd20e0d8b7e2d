"""Worker processes that compare answers, each comparison with a hard time limit.

The workers are programs of their own, not `multiprocessing` children: those import the caller's `__main__`
again, which fails in a notebook or a script without a guard, and forking is unsafe beside torch's threads.
"""

import atexit
import json
import os
import selectors
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Sequence
from importlib.util import find_spec
from threading import Lock

from lbt.errors import LbtError
from lbt.grading.worker import EQUAL, FAILED, READY

LIMIT_S = 5.0
"""Seconds that one comparison may take before it is an error."""
_START_LIMIT_S = 120.0
_PAIRS_A_MESSAGE = 8
_DEATHS = 2  # of workers over one pair, until the pair is held to be the reason
_FAILED_STARTS = 3

Pair = tuple[str, str]
"""Gold answer and answer, in tidy form."""


class _Worker:
    """A process and what it was sent."""

    def __init__(self, limit_s: float) -> None:
        self.process = subprocess.Popen(
            # -P: a file of the user's folder must not stand in for a library module.
            [sys.executable, "-P", "-m", "lbt.grading.worker", str(limit_s)],
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

    def send(self, numbers: Sequence[int], pairs: Sequence[Pair]) -> None:
        self.sent.extend(numbers)
        line = json.dumps([pairs[number] for number in numbers]).encode() + b"\n"
        try:
            while line:
                line = line[self.inbox.write(line) :]
        except BrokenPipeError:
            pass  # its output ends too, which is where a death is noticed

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self.inbox.close()
        self.outbox.close()


class WorkerPool:
    """Processes that start with the first comparison, stay warm, and are replaced when they die or are late.

    Args:
        workers: Processes at most; as many as this process may use CPUs if None.
        limit_s: Seconds that one comparison may take.
    """

    def __init__(self, workers: int | None = None, limit_s: float = LIMIT_S) -> None:
        self.workers = workers or len(os.sched_getaffinity(0))
        self.limit_s = limit_s
        self._running: list[_Worker] = []
        self._lock = Lock()

    def compare(self, pairs: Sequence[Pair]) -> list[bool | None]:
        """Whether each pair is equal; None where the comparison failed, took too long or killed its worker.

        Raises LbtError if no worker can be started.
        """
        with self._lock:
            try:
                return _Comparison(self, pairs).run()
            except BaseException:
                self._end_all()
                raise

    def close(self) -> None:
        """End the processes; the next comparison starts new ones."""
        with self._lock:
            self._end_all()

    def _end_all(self) -> None:
        while self._running:
            self._running.pop().end()


class _Comparison:
    """One call of `WorkerPool.compare`."""

    def __init__(self, pool: WorkerPool, pairs: Sequence[Pair]) -> None:
        self.pool, self.pairs = pool, pairs
        self.results: list[bool | None] = [None] * len(pairs)
        self.waiting = deque(range(len(pairs)))
        self.deaths: Counter[int] = Counter()
        self.failed_starts = 0
        self.selector = selectors.DefaultSelector()

    def run(self) -> list[bool | None]:
        with self.selector:
            for worker in self.pool._running:
                self.selector.register(worker.outbox, selectors.EVENT_READ, worker)
            while self.waiting or any(worker.sent for worker in self.pool._running):
                self._hand_out()
                self._listen()
        return self.results

    def _hand_out(self) -> None:
        for worker in self.pool._running:
            if worker.ready and not worker.sent and self.waiting:
                self._send(worker)
        starting = sum(not worker.ready for worker in self.pool._running)
        messages = -(-len(self.waiting) // _PAIRS_A_MESSAGE)
        for _ in range(min(messages - starting, self.pool.workers - len(self.pool._running))):
            worker = _Worker(self.pool.limit_s)
            self.pool._running.append(worker)
            self.selector.register(worker.outbox, selectors.EVENT_READ, worker)

    def _send(self, worker: _Worker) -> None:
        count = min(_PAIRS_A_MESSAGE, len(self.waiting))
        worker.send([self.waiting.popleft() for _ in range(count)], self.pairs)
        worker.deadline = time.monotonic() + self.pool.limit_s

    def _listen(self) -> None:
        busy = [worker for worker in self.pool._running if worker.sent or not worker.ready]
        first = min(worker.deadline for worker in busy)
        for key, _ in self.selector.select(max(0.0, first - time.monotonic())):
            worker: _Worker = key.data
            output = os.read(worker.outbox.fileno(), 4096)
            if output:
                self._note(worker, output)
            else:
                self._bury(worker, late=False)
        now = time.monotonic()
        for worker in busy:
            if worker in self.pool._running and (worker.sent or not worker.ready) and now > worker.deadline:
                self._bury(worker, late=True)

    def _note(self, worker: _Worker, output: bytes) -> None:
        for code in output:
            result = bytes((code,))
            if result == READY:
                worker.ready, self.failed_starts = True, 0
            else:
                self.results[worker.sent.popleft()] = None if result == FAILED else result == EQUAL
        worker.deadline = time.monotonic() + self.pool.limit_s

    def _bury(self, worker: _Worker, late: bool) -> None:
        """Replace a worker; the pair it was at is an error if it was late or has killed workers before."""
        self.selector.unregister(worker.outbox)
        self.pool._running.remove(worker)
        worker.end()
        if not worker.ready:
            self._note_failed_start(worker)
        if worker.sent:
            self.deaths[worker.sent[0]] += 1
            if late or self.deaths[worker.sent[0]] >= _DEATHS:
                worker.sent.popleft()
        self.waiting.extendleft(reversed(worker.sent))

    def _note_failed_start(self, worker: _Worker) -> None:
        self.failed_starts += 1
        if self.failed_starts < _FAILED_STARTS:
            return
        missing = find_spec("math_verify") is None
        reason = "math-verify is not installed" if missing else f"exit code {worker.process.returncode}"
        raise LbtError(
            f"The processes that grade mathematics do not start ({reason}). Run `{sys.executable} -m "
            f"lbt.grading.worker {self.pool.limit_s}` to see why; it should start and wait."
        )


_pools: dict[tuple[int, int | None, float], WorkerPool] = {}
_pools_lock = Lock()


def shared_pool(workers: int | None = None, limit_s: float = LIMIT_S) -> WorkerPool:
    """This process's pool with these settings, kept warm until the process ends."""
    with _pools_lock:
        key = (os.getpid(), workers, limit_s)  # a forked child must not write into its parent's pipes
        if key not in _pools:
            _pools[key] = WorkerPool(workers, limit_s)
            atexit.register(_pools[key].close)
        return _pools[key]
