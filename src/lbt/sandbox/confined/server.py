"""The fork server: a small Python that holds no program and no test, and forks the processes that get them.

`lbt.sandbox.programs.serving` starts it as `python -c … CONTROL LAYERS`. CONTROL is a socket on which each
message is a JSON object, with the files of the processes to fork beside it. The server says what it can,
forks a pair or a runner for each job, watches their time, and says how each job ended.
"""

import array
import gc
import json
import os
import random
import select
import signal
import socket
import sys
import time
from dataclasses import replace
from typing import Any

from lbt.sandbox.confined import kernel, pipes
from lbt.sandbox.confined.confinement import Layers, confine, find_layers, name_of
from lbt.sandbox.confined.preload import preload
from lbt.sandbox.confined.roles import BROKEN, ROLES
from lbt.sandbox.confined.watch import Watched

_MOST_FILES = 16
_SLACK_S = 1


class Server:
    """The jobs that run."""

    def __init__(self, control: socket.socket, layers: Layers) -> None:
        self.control, self.layers = control, layers
        self.jobs: dict[int, Watched] = {}

    def run(self) -> None:
        """Until the other end of the control socket is closed."""
        alarm, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.say({"hello": name_of(self.layers)})
        while True:
            now = time.monotonic()
            wait = min((max(0.0, job.check_at - now) for job in self.jobs.values()), default=None)
            ready = select.select([self.control.fileno(), alarm], [], [], wait)[0]
            if alarm in ready:
                os.read(alarm, 4096)
            if self.control.fileno() in ready and not self.listen():
                break
            self.bury()
            for job in self.jobs.values():
                job.check()

    def say(self, message: dict[str, Any]) -> None:
        """Tell the parent."""
        self.control.send(json.dumps(message).encode())

    def listen(self) -> bool:
        """Do what the parent asks; False if it is gone."""
        space = socket.CMSG_SPACE(_MOST_FILES * array.array("i").itemsize)
        data, ancillary, _, _ = self.control.recvmsg(pipes.DATAGRAM_BYTES, space)
        files = array.array("i")
        for level, kind, content in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                files.frombytes(content[: len(content) - len(content) % files.itemsize])
        if not data:
            return False
        message = json.loads(data)
        job = message["job"]
        if message["do"] == "start":
            self.start(message, list(files))
        elif job in self.jobs:
            self.jobs[job].begin() if message["do"] == "begin" else self.jobs[job].kill("stopped")
        for file in files:
            os.close(file)
        return True

    def start(self, message: dict[str, Any], files: list[int]) -> None:
        """Fork a job's processes, each with its own share of the files."""
        watched = Watched(message["cpu_s"], message["wall_s"])
        self.jobs[message["job"]] = watched
        try:
            for role, count in message["roles"]:
                mine, files = files[:count], files[count:]
                watched.processes[role] = self.fork(role, mine, message)
        except OSError as error:
            watched.kill(f"not started: {error}")
        if not watched.processes:
            self.end(message["job"])

    def fork(self, role: str, files: list[int], message: dict[str, Any]) -> int:
        """A new process in a session of its own, confined before it reads anything."""
        process = os.fork()
        if process:
            return process
        code = None
        try:
            kernel.die_with_parent(signal.SIGKILL)
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            _keep_only(files, self.layers.rules)
            layers = replace(self.layers, rules=None if self.layers.rules is None else 3 + len(files))
            confine(layers, message["memory_bytes"], int(message["cpu_s"] * message["items"]) + 1 + _SLACK_S)
            random.seed(0)
            code = BROKEN
            code = ROLES[role](*range(3, 3 + len(files)), message["limit"])
        finally:
            if code is None:  # it was not confined, so that it still can send this
                signal.raise_signal(signal.SIGUSR1)
            os._exit(code or 0)

    def bury(self) -> None:
        """Note which processes have ended."""
        while True:
            try:
                process, status, used = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not process:
                return
            for job, watched in list(self.jobs.items()):
                if watched.note_end(process, status, used.ru_utime + used.ru_stime):
                    self.end(job)

    def end(self, job: int) -> None:
        """Say how a job ended, once nothing of it is left."""
        watched = self.jobs.pop(job)
        _end_orphans({each for other in self.jobs.values() for each in other.processes.values()})
        self.say({"ended": job, "cause": watched.cause, "statuses": watched.statuses, "cpu": watched.spent})


def _keep_only(files: list[int], rules: int | None) -> None:
    """Move the files to 3, 4, …, put nothing behind standard input and output, close all others."""
    wanted = [*files, *([] if rules is None else [rules])]
    high = [os.dup2(file, 200 + place) for place, file in enumerate(wanted)]
    for place, file in enumerate(high):
        os.dup2(file, 3 + place)
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.closerange(3 + len(wanted), os.sysconf("SC_OPEN_MAX"))


def _end_orphans(known: set[int]) -> None:
    """Kill what processes without a filter left behind: this server is its parent now."""
    try:
        with open(f"/proc/self/task/{os.getpid()}/children") as file:
            children = {int(number) for number in file.read().split()}
    except OSError:
        return
    for orphan in children - known:
        os.kill(orphan, signal.SIGKILL)


def main() -> None:
    """Serve until the parent is gone."""
    control = socket.socket(fileno=int(sys.argv[1]))
    wanted = sys.argv[2].split(",")
    for name in list(os.environ):
        del os.environ[name]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    kernel.adopt_orphans()
    kernel.hide_memory()
    kernel.drop_rights()
    layers = find_layers("landlock" in wanted, "seccomp" in wanted)
    preload(rarer=layers.rules is None)
    gc.collect()
    gc.freeze()
    server = Server(control, layers)
    try:
        server.run()
    finally:
        for job in server.jobs.values():
            job.kill("stopped")
