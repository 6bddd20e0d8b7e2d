"""One job on its way: which of its items are left, and what is known of the others."""

import signal
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from lbt.sandbox.programs.examination import UNEXAMINED, Examination, ItemResult, Run, Test
from lbt.sandbox.programs.limits import ProgramLimits

_TRIES = 3
_LATE = "took too long"
_MEMORY = "used too much memory"
_MACHINE = {signal.SIGKILL, signal.SIGUSR1, signal.SIGTERM, signal.SIGHUP}
"""Signals that no confined program can send: the machine was short of memory, or confinement failed."""


@dataclass
class Ended:
    """How the processes of a piece ended, in the fork server's words."""

    cause: str
    statuses: dict[str, int]
    cpu: float

    def fault(self) -> bool:
        """Whether it says nothing about the program."""
        killed = self.cause == "" and any(-code in _MACHINE for code in self.statuses.values())
        return killed or self.cause == "wall" or self.cause.startswith("not started")

    def reason(self) -> str:
        """Why the item at hand has no result."""
        if self.cause in ("cpu", "idle"):
            return _LATE
        code = self.statuses.get("candidate", self.statuses.get("runner", 0))
        if self.statuses.get("examiner") and self.cause == "":
            return "the tests ended their process"
        if -code == signal.SIGXCPU:
            return _LATE
        if code < 0:
            return f"the program crashed ({signal.Signals(-code).name})"
        return f"the program ended itself (exit code {code})"


@dataclass
class Work:
    """A job, its open items, and its results so far."""

    job: Examination
    limits: ProgramLimits
    todo: deque[int] = field(default_factory=deque)
    results: dict[int, ItemResult] = field(default_factory=dict)
    program_error: str | None = None
    late: int = 0
    faults: int = 0

    def __post_init__(self) -> None:
        self.todo.extend(range(len(self.job.items)))

    def take(self) -> list[int]:
        """The next items that one set of processes can do: a run, or all tests and expressions up to one."""
        numbers = [self.todo.popleft()]
        if isinstance(self.job.items[numbers[0]], Run):
            return numbers
        while self.todo and not isinstance(self.job.items[self.todo[0]], Run):
            numbers.append(self.todo.popleft())
        return numbers

    def note(self, number: int, result: dict[str, Any]) -> None:
        """An item's result, from the examiner."""
        error = result["error"]
        if error is not None and (error == "MemoryError" or error.startswith("MemoryError:")):
            error = _MEMORY
        self.results[number] = ItemResult(result["passed"], _sound(result["value"]), _sound(error))

    def fail(self, number: int, error: str) -> None:
        """An item has no result, for this reason."""
        passed = False if isinstance(self.job.items[number], Test) else None
        self.results[number] = ItemResult(passed, None, _sound(error))

    def break_off(self, numbers: list[int], ended: Ended) -> None:
        """The processes ended at the first of these items; the others are tried by new ones."""
        if ended.fault():
            self.retry(numbers)
            return
        first, *rest = numbers
        self.fail(first, ended.reason())
        self.late += 1
        if self.late < self.limits.late_items:
            self.todo.extendleft(reversed(rest))
            return
        for number in [*rest, *self.todo]:
            self.fail(number, f"not tried: {self.late} others took too long or ended the program")
        self.todo.clear()

    def retry(self, numbers: list[int]) -> None:
        """Try the items again, unless the machine has failed too often: then nothing is known of the rest."""
        self.faults += 1
        self.todo.extendleft(reversed(numbers))
        if self.faults >= _TRIES:
            for number in self.todo:
                self.fail(number, UNEXAMINED)
            self.todo.clear()

    def unload(self, numbers: list[int], error: str) -> None:
        """The program cannot be loaded: none of these items can be done."""
        self.program_error = _MEMORY if error.startswith("MemoryError") else _sound(error)
        for number in numbers:
            self.fail(number, self.program_error or error)


def _sound(text: str | None) -> str | None:
    """Text that can be written to any file: halves of characters are spelt out."""
    return None if text is None else text.encode("utf-8", "backslashreplace").decode()
