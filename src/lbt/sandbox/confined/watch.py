"""How long a job's processes computed, waited for a processor, and did nothing at all."""

import os
import signal
import time
from contextlib import suppress

_LEAST_WAIT_S, _PATIENCE_S = 0.005, 1.0


class Watched:
    """The processes of one job, and its limits for the item at hand.

    Time for which a process would have computed, had the machine had a processor free, counts for nothing.
    What is left is computing or idling, and each may last `cpu_s`. `wall_s` ends what is left.
    """

    def __init__(self, cpu_s: float, wall_s: float) -> None:
        self.cpu_s, self.wall_s = cpu_s, wall_s
        self.processes: dict[str, int] = {}
        self.statuses: dict[str, int] = {}
        self.cause = ""
        self.spent = 0.0
        self._ended_cpu = 0.0
        self._queues: dict[int, float] = {}
        self.begin()

    def begin(self) -> None:
        """An item begins: its time counts from here."""
        self._began, self._cpu_before, self._waited_before = time.monotonic(), self._cpu(), self._waited()
        self.check_at = self._began + min(self.cpu_s / 2, self.wall_s)  # two processes compute side by side

    def check(self) -> None:
        """Kill the job if it has reached a limit; else say when it can reach one at the earliest."""
        if self.cause or not self.processes or time.monotonic() < self.check_at:
            return
        cpu, idle, wall = self._used()
        left = min((self.cpu_s - cpu) / 2, self.cpu_s - idle, self.wall_s - wall)
        self.check_at = time.monotonic() + max(_LEAST_WAIT_S, left)
        if cpu >= self.cpu_s:
            self.kill("cpu")
        elif idle >= self.cpu_s and not self._ready():
            self.kill("idle")
        elif wall >= self.wall_s:
            # Where the system does not say who waited for a processor, little computing is taken for sleep.
            self.kill("idle" if self._waited_before is None and cpu < wall / 20 else "wall")

    def kill(self, cause: str) -> None:
        """End all processes; the first cause stands."""
        self.cause, self.check_at = self.cause or cause, time.monotonic() + _PATIENCE_S
        for process in self.processes.values():
            for end in (os.kill, os.killpg):
                with suppress(OSError):  # it may have no session of its own yet
                    end(process, signal.SIGKILL)

    def note_end(self, process: int, status: int, cpu: float) -> bool:
        """Whether this was the last one. The end of an examiner or of a runner is the end of the job."""
        role = next((each for each, number in self.processes.items() if number == process), None)
        if role is None:
            return False
        del self.processes[role]
        self.statuses[role] = os.waitstatus_to_exitcode(status)
        self._ended_cpu += cpu
        if role != "candidate" and self.processes:
            self.kill("finished")
        self.spent = self._cpu()
        return not self.processes

    def _ready(self) -> bool:
        """Whether a process waits for a processor now: the kernel adds that up only when it gets one."""
        return any(_state(process) == "R" for process in self.processes.values())

    def _used(self) -> tuple[float, float, float]:
        """Since the item began: computed, idle, by the clock."""
        wall = time.monotonic() - self._began
        cpu = self._cpu() - self._cpu_before
        waited = self._waited()
        if waited is None or self._waited_before is None:
            return cpu, 0.0, wall
        return cpu, wall - cpu - (waited - self._waited_before), wall

    def _cpu(self) -> float:
        return self._ended_cpu + sum(_computed(process) for process in self.processes.values())

    def _waited(self) -> float | None:
        """Of all processes, those that have ended too."""
        try:
            self._queues |= {process: _queued(process) for process in self.processes.values()}
        except OSError:
            return None  # a system that does not say
        return sum(self._queues.values())


def _computed(process: int) -> float:
    try:
        return time.clock_gettime((~process << 3) | 2)  # the clock of another process (CPUCLOCK_SCHED)
    except OSError:
        return 0.0


def _state(process: int) -> str:
    """R if it computes or is ready to, S if it sleeps, Z if it has ended."""
    with open(f"/proc/{process}/stat") as file:
        return file.read().rpartition(")")[2].split()[0]


def _queued(process: int) -> float:
    """Seconds for which a process was ready and had to wait for a processor."""
    with open(f"/proc/{process}/schedstat") as file:
        return int(file.read().split()[1]) / 1e9
