"""The fork server as this process sees it: started with the first job, and asked for processes."""

import array
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lbt.sandbox.confined.pipes import DATAGRAM_BYTES
from lbt.sandbox.programs.examination import SandboxError

_START_LIMIT_S = 120.0
_ROOT = Path(__file__).parents[3]
_BEGINNING = (
    "import sys; sys.path.insert(0, sys.argv.pop()); from lbt.sandbox.confined import server; "
    "sys.path.pop(0); server.main()"
)
_LOADER = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
LAYERS = ("landlock", "seccomp")


def _environment() -> dict[str, str]:
    """Sets of texts have the same order in every run; the loader may need a path. The server forgets both."""
    return {"PYTHONHASHSEED": "0"} | {key: os.environ[key] for key in _LOADER if key in os.environ}


class ServerGone(Exception):
    """The fork server has ended."""


class ServerProcess:
    """A running fork server.

    Args:
        launcher: A command that starts another one, such as bubblewrap with its options.
        layers: Those that it puts on where the system has them.
    """

    def __init__(self, launcher: Sequence[str] = (), layers: Sequence[str] = LAYERS) -> None:
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        python = [sys.executable, "-s", "-P", "-S", "-B", "-X", "utf8", "-c", _BEGINNING]
        first = [shutil.which(part) or part for part in launcher[:1]]  # the server has no PATH
        command = [*first, *launcher[1:], *python, str(theirs.fileno()), ",".join(layers), str(_ROOT)]
        with theirs:
            try:
                self.process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    env=_environment(),
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                    cwd="/",
                )
            except OSError as error:
                self.control.close()
                raise SandboxError(f"The sandbox does not start: {error}. Command: {command[0]}.") from None
        said = self._greeting()
        self.filtered = "seccomp" in said
        self.containment = ", ".join([*(Path(part).name for part in launcher[:1]), said])

    def _greeting(self) -> str:
        self.control.settimeout(_START_LIMIT_S)
        try:
            greeting = self.read()
        except (ServerGone, OSError):
            self.process.kill()
            assert self.process.stderr is not None
            said = self.process.stderr.read().decode(errors="replace").strip().splitlines()
            self.close()
            reason = said[-1] if said else "it said nothing"
            raise SandboxError(f"The sandbox's server does not start: {reason}.") from None
        self.control.settimeout(None)
        return str(greeting["hello"])

    def start(self, message: dict[str, Any], files: Sequence[int]) -> None:
        """Have a job's processes forked; they get the files."""
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", files))]
        self._send(message | {"do": "start"}, rights)

    def begin(self, job: int) -> None:
        """The job's next item has begun."""
        self._send({"do": "begin", "job": job})

    def stop(self, job: int) -> None:
        """End a job."""
        self._send({"do": "stop", "job": job})

    def _send(self, message: dict[str, Any], rights: Sequence[Any] = ()) -> None:
        try:
            self.control.sendmsg([json.dumps(message).encode()], rights)
        except OSError as error:
            raise ServerGone(str(error)) from None

    def read(self) -> dict[str, Any]:
        """What it says next. Raises ServerGone if it has ended."""
        try:
            data = self.control.recv(DATAGRAM_BYTES)
        except ConnectionError:
            data = b""
        if not data:
            raise ServerGone
        return dict(json.loads(data))

    def close(self) -> None:
        """End it and all that it forked."""
        self.control.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stderr is not None:
            self.process.stderr.close()
