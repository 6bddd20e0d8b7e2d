"""What an attack is, and the world that it attacks."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from lbt.sandbox.programs import Expression, Item, Test

_VICTIM = "import sys, time; kept = sys.argv[1][::-1]; print('ready', flush=True); time.sleep(600)"


@dataclass(frozen=True)
class Outcome:
    """What became of the attack's item: the same for the sandbox and for a plain run."""

    passed: bool
    value: str
    seconds: float
    harness_alive: bool = True


@dataclass
class World:
    """Things outside of a sandbox that a program must not reach. Their names in programs stand between @."""

    folder: Path
    token: str = field(default_factory=lambda: secrets.token_hex(6))

    def __post_init__(self) -> None:
        self.secret = self.folder / "secret.txt"
        self.secret.write_text(self.token)
        (self.folder / "stolen.py").write_text(f"kept = '{self.token}'\n")
        (self.folder / self.token).touch()
        os.utime(self.secret, (1e9, 1e9))
        self.secret.chmod(0o640)
        self.canary = self.folder / "canary"
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        self.unix = socket.socket(socket.AF_UNIX)
        self.unix.bind(str(self.folder / "socket"))
        self.abstract = socket.socket(socket.AF_UNIX)
        self.abstract.bind(f"\0{self.token}")
        for listener in (self.unix, self.abstract):
            listener.listen()
        self.doors = [self.tcp, self.udp, self.unix, self.abstract]
        for door in self.doors:
            door.setblocking(False)
        self.victim = subprocess.Popen(
            [sys.executable, "-c", _VICTIM, self.token[::-1]],
            stdout=subprocess.PIPE,
            env={"TOKEN": self.token},
        )
        assert self.victim.stdout is not None
        self.victim.stdout.readline()

    def fill(self, text: str) -> str:
        places = {
            "SECRET": self.secret,
            "FOLDER": self.folder,
            "CANARY": self.canary,
            "SOCKET": self.folder / "socket",
            "TOKEN": self.token,
            "TCP": self.tcp.getsockname()[1],
            "UDP": self.udp.getsockname()[1],
            "VICTIM": self.victim.pid,
        }
        for name, place in places.items():
            text = text.replace(f"@{name}@", str(place))
        return text

    def knocked(self) -> bool:
        """Whether anything came in through one of the sockets."""
        for door in self.doors:
            with suppress(BlockingIOError):
                if door is self.udp:
                    door.recv(100)
                else:
                    door.accept()[0].close()
                return True
        return False

    def survivors(self) -> list[int]:
        """Processes that bear the token in their name or command."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                names = (process / "comm").read_text() + (process / "cmdline").read_text()
                number = int(process.name)
                if self.token in names and number not in (os.getpid(), self.victim.pid):
                    found.append(number)
        return found

    def victim_alive(self) -> bool:
        return self.victim.poll() is None

    def close(self) -> None:
        for process in self.survivors():
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self.victim.kill()
        self.victim.wait()
        assert self.victim.stdout is not None
        self.victim.stdout.close()
        for door in self.doors:
            door.close()


@contextmanager
def world_in(folder: Path) -> Iterator[World]:
    world = World(folder)
    try:
        yield world
    finally:
        world.close()


Harm = Callable[[World, Outcome], bool]


@dataclass(frozen=True)
class Attack:
    """A hostile program, what is done with it, and how its success is seen from outside."""

    name: str
    program: str
    item: Item
    harm: Harm
    names: tuple[str, ...] = ("f",)


def forging(
    name: str, program: str, test: str = "assert f(2) == 4", names: tuple[str, ...] = ("f",)
) -> Attack:
    """A wrong program: it must not pass."""
    return Attack(name, program, Test(test), lambda _, outcome: outcome.passed, names)


def stealing(name: str, program: str) -> Attack:
    """f() returns the token, in any form."""
    return Attack(name, program, Expression("f()"), lambda world, outcome: world.token in outcome.value)


def doing(name: str, program: str) -> Attack:
    """f() returns DONE when it did what no program may do."""
    return Attack(name, program, Expression("f()"), lambda _, outcome: "DONE" in outcome.value)


def touching(name: str, program: str, harm: Callable[[World], bool]) -> Attack:
    """f() changes something outside."""
    return Attack(name, program, Expression("f()"), lambda world, _: _soon(lambda: harm(world)))


def lasting(name: str, program: str, item: Item | None = None, seconds: float = 4.0) -> Attack:
    """It takes time that nobody granted."""
    return Attack(name, program, item or Expression("f()"), lambda _, outcome: outcome.seconds > seconds)


def _soon(condition: Callable[[], bool]) -> bool:
    until = time.monotonic() + 0.5
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.02)
    return False
