"""The layers around a process, in the order in which it puts them on."""

import os
import resource
import signal
import sysconfig
from dataclasses import dataclass, replace

from lbt.sandbox.confined import kernel
from lbt.sandbox.confined.filter import filter_program

_FILES = 24
_SYSTEM = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/etc/ld.so.cache",
    "/usr/share/zoneinfo",
    "/dev/null",
)


@dataclass(frozen=True, slots=True)
class Layers:
    """What confines a process besides limits.

    Args:
        rules: The file with Landlock's rules; None where there is no Landlock.
        filter: The steps of the seccomp filter; None where there is none.
    """

    rules: int | None
    filter: bytes | None


class NotConfined(Exception):
    """A layer that should be in force is not."""


def find_layers(landlock: bool, calls: bool) -> Layers:
    """The most layers that a process can put on here, of those that are wanted."""
    for some in ((landlock, calls), (False, calls), (landlock, False), (False, False)):
        layers = _prepare(*some)
        if _fit(layers):
            return layers
    raise NotConfined("limits")


def _prepare(landlock: bool, calls: bool) -> Layers:
    rules = kernel.landlock_rules(_readable(), _library_folders()) if landlock else None
    return Layers(rules, filter_program(os.uname().machine, rules is not None) if calls else None)


def _fit(layers: Layers) -> bool:
    """Whether a process can put the layers on."""
    process = os.fork()
    if not process:
        code = 1
        try:
            rules = None if layers.rules is None else os.dup(layers.rules)
            confine(replace(layers, rules=rules), 1 << 40, 5)
            code = 0
        finally:
            os._exit(code)
    return os.waitpid(process, 0)[1] == 0


def name_of(layers: Layers) -> str:
    """Such as "landlock 7, seccomp, limits"."""
    landlock = [f"landlock {kernel.landlock_version()}"] if layers.rules is not None else []
    return ", ".join([*landlock, *(["seccomp"] if layers.filter else []), "limits"])


def confine(layers: Layers, memory_bytes: int, cpu_s: int) -> None:
    """Put this process into its layers, for good. Raises NotConfined if one of them is refused."""
    _limit(memory_bytes, cpu_s)
    kernel.hide_memory()
    if not kernel.gain_no_rights() and layers.filter:
        raise NotConfined("no_new_privs")
    if layers.rules is not None:
        if not kernel.restrict_files(layers.rules):
            raise NotConfined("landlock")
        os.close(layers.rules)
    if layers.filter and not kernel.filter_calls(layers.filter):
        raise NotConfined("seccomp")


def _limit(memory_bytes: int, cpu_s: int) -> None:
    limits = {"AS": memory_bytes, "CPU": cpu_s, "CORE": 0, "FSIZE": 0, "NOFILE": _FILES, "NPROC": 0}
    limits |= {"MEMLOCK": 0, "MSGQUEUE": 0, "RTPRIO": 0, "NICE": 0}
    for name, most in limits.items():
        which = getattr(resource, f"RLIMIT_{name}", None)
        if which is None:
            continue
        hard = resource.getrlimit(which)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(which, (least, least))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def _library_folders() -> set[str]:
    return {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), os.path.dirname(os.__file__)}


def _readable() -> list[str]:
    """Python's own library without what was installed into it, and the system's."""
    installed = {"site-packages", "dist-packages"}
    parts = [
        os.path.join(folder, name)
        for folder in _library_folders()
        for name in os.listdir(folder)
        if name not in installed
    ]
    return [*parts, *_SYSTEM]
