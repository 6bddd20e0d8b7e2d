"""Items of one job that one set of processes does, from the start of the processes to their results."""

import json
import os
import time
from abc import ABC, abstractmethod
from typing import Any

from lbt.sandbox.programs.examination import Run, Test
from lbt.sandbox.programs.files import Inbox, sealed_file
from lbt.sandbox.programs.serving import ServerProcess
from lbt.sandbox.programs.work import Ended, Work

_CRASH_LINE = 500
_NOTABLE = 0.02
"""Of an item's time."""


class Piece(ABC):
    """What is common to both kinds.

    Args:
        number: The server's number for it.
        work: Its job.
        items: Numbers of the job's items.
    """

    def __init__(self, number: int, work: Work, items: list[int]) -> None:
        self.number, self.work, self.items = number, work, items
        self.open = list(items)
        """Those without a result."""
        self.inboxes: list[Inbox] = []

    def start(self, server: ServerProcess) -> None:
        """Have the processes forked."""
        limits = self.work.limits
        files, roles = self.files()
        message = {
            "job": self.number,
            "roles": roles,
            "items": len(self.items) + 1,
            "cpu_s": limits.cpu_s,
            "wall_s": limits.wall_s,
            "memory_bytes": limits.memory_mb << 20,
            "limit": limits.value_kb << 10,
        }
        try:
            server.start(message, files)
        finally:
            for file in files:
                os.close(file)

    @abstractmethod
    def files(self) -> tuple[list[int], list[tuple[str, int]]]:
        """The files of the processes, and which role gets how many of them."""

    @abstractmethod
    def hear(self, server: ServerProcess) -> None:
        """Take in what the inboxes have got."""

    @abstractmethod
    def settle(self, ended: Ended) -> None:
        """All processes have ended: hand the results over."""

    def _program(self) -> int:
        return sealed_file(self.work.job.program.encode("utf-8", "surrogatepass"))


class Tests(Piece):
    """A candidate and an examiner, for tests and expressions."""

    def __init__(self, number: int, work: Work, items: list[int]) -> None:
        super().__init__(number, work, items)
        self.inboxes = [Inbox()]
        self.loaded = False
        self.began = time.monotonic()
        self.unloaded: str | None = None

    def files(self) -> tuple[list[int], list[tuple[str, int]]]:
        """Program and two pipes for the candidate; tests, inbox and the same pipes for the examiner."""
        questions_out, questions_in = os.pipe()
        answers_out, answers_in = os.pipe()
        candidate = [self._program(), questions_out, answers_in]
        tests = json.dumps(self._tests()).encode()
        return [*candidate, sealed_file(tests), self.inboxes[0].other, answers_out, questions_in], [
            ("candidate", 3),
            ("examiner", 4),
        ]

    def _tests(self) -> dict[str, Any]:
        job = self.work.job
        items = []
        for number in self.items:
            item = job.items[number]
            assert not isinstance(item, Run)
            kind = "test" if isinstance(item, Test) else "expression"
            items.append({"number": number, "kind": kind, "code": item.code})
        return {"setup": job.setup, "names": job.names, "items": items}

    def hear(self, server: ServerProcess) -> None:
        """Note each line of the examiner; tell the server that an item begins, if it makes a difference."""
        inbox = self.inboxes[0]
        inbox.read()
        *lines, rest = inbox.content.split(b"\n")
        inbox.content = rest
        for line in lines:
            message = json.loads(line)
            if "unloaded" in message:
                self.unloaded = message["unloaded"]
            elif "loaded" in message:
                self.loaded = True
            else:
                self.open.remove(message["item"])
                self.work.note(message.pop("item"), message)
        if lines and self.open and time.monotonic() - self.began > _NOTABLE * self.work.limits.cpu_s:
            server.begin(self.number)
            self.began = time.monotonic()

    def settle(self, ended: Ended) -> None:
        """Results have come already; what is still open was broken off."""
        if not self.open:
            return
        if self.unloaded is not None:
            self.work.unload(self.open, self.unloaded)
        elif not self.loaded and not ended.fault():
            self.work.unload(self.open, ended.reason())
        else:
            self.work.break_off(self.open, ended)


class WholeRun(Piece):
    """One process that runs the program as `__main__`."""

    def __init__(self, number: int, work: Work, items: list[int]) -> None:
        super().__init__(number, work, items)
        most = work.limits.output_kb << 10
        self.inboxes = [Inbox(most), Inbox(most)]

    def files(self) -> tuple[list[int], list[tuple[str, int]]]:
        """The program, and the three standard files."""
        run = self.work.job.items[self.items[0]]
        assert isinstance(run, Run)
        stdin = sealed_file(run.stdin.encode("utf-8", "surrogatepass"))
        return [self._program(), stdin, *(inbox.other for inbox in self.inboxes)], [("runner", 4)]

    def hear(self, server: ServerProcess) -> None:
        """Keep the output; end a run that writes too much."""
        for inbox in self.inboxes:
            inbox.read()
        if any(inbox.overfull for inbox in self.inboxes):
            server.stop(self.number)

    def settle(self, ended: Ended) -> None:
        """The output, or why there is none."""
        (number,) = self.items
        output, errors = (bytes(inbox.content).decode("utf-8", "replace") for inbox in self.inboxes)
        if any(inbox.overfull for inbox in self.inboxes):
            self.work.fail(number, "printed too much")
        elif ended.statuses.get("runner") == 0 and ended.cause == "":
            self.work.note(number, {"passed": None, "value": output, "error": None})
        elif ended.statuses.get("runner", -1) > 0 and ended.cause == "":
            lines = errors.strip().splitlines()
            line = lines[-1][:_CRASH_LINE] if lines else ended.reason()
            self.work.note(number, {"passed": None, "value": None, "error": line})
        else:
            self.work.break_off(self.items, ended)
