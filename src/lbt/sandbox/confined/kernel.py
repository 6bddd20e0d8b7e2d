"""What a process asks of the Linux kernel to confine itself, through ctypes alone.

Each function returns whether the kernel did it; on other systems none does.
"""

import ctypes
import os
import sys
from collections.abc import Iterable

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 1, 4, 36, 38
_PR_CAPBSET_DROP = 24
_CALLS = {"x86_64": (317, 126), "aarch64": (277, 91)}
"""The numbers of seccomp and capset."""
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_READ_FILE, _READ_DIRECTORY = 1 << 2, 1 << 3
# By Landlock's version: how many rights to files there are to refuse.
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
_FILE_RIGHTS_NOW = 16
_TCP, _SCOPES = 0b11, 0b11
"""Binding and connecting; abstract sockets and signals to processes outside."""

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class _Filter(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("rights", ctypes.c_uint64), ("folder", ctypes.c_int32))


def _prctl(option: int, value: int) -> bool:
    if _libc is None:
        return False
    rest = (ctypes.c_ulong(0),) * 3
    return bool(_libc.prctl(option, ctypes.c_ulong(value), *rest) == 0)


def _call(number: int, *arguments: object) -> int:
    return -1 if _libc is None else int(_libc.syscall(ctypes.c_long(number), *arguments))


def adopt_orphans() -> bool:
    """Descendants whose parent ends become children of this process."""
    return _prctl(_PR_SET_SUBREAPER, 1)


def die_with_parent(signal: int) -> bool:
    """Get a signal when the parent ends."""
    return _prctl(_PR_SET_PDEATHSIG, signal)


def hide_memory() -> bool:
    """No core file, and no process of the same user may look into this one."""
    return _prctl(_PR_SET_DUMPABLE, 0)


def drop_rights() -> None:
    """Drop those of an administrator, for this process and all that it forks."""
    for capability in range(64):
        _prctl(_PR_CAPBSET_DROP, capability)
    number = _CALLS.get(os.uname().machine, (-1, -1))[1]
    head = (ctypes.c_uint32 * 2)(0x20080522, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _call(number, ctypes.byref(head), ctypes.byref(nothing))


def gain_no_rights() -> bool:
    """Never gain rights again."""
    return _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def landlock_version() -> int:
    """0 where the kernel has none."""
    return max(0, _call(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1)))


def landlock_rules(readable: Iterable[str], listed: Iterable[str]) -> int | None:
    """A file with the rules: these paths may be read or listed, and nothing else be done to any file."""
    version = landlock_version()
    if not version:
        return None
    files = (1 << _FILE_RIGHTS.get(version, _FILE_RIGHTS_NOW)) - 1
    rules = _Ruleset(files, _TCP if version >= 4 else 0, _SCOPES if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = _call(_CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(size), ctypes.c_uint32(0))
    if ruleset < 0:
        return None
    for path in readable:
        _allow(ruleset, path, _READ_FILE | (_READ_DIRECTORY if os.path.isdir(path) else 0))
    for path in listed:
        _allow(ruleset, path, _READ_DIRECTORY)
    return ruleset


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # not on this system
    beneath = _Beneath(rights, folder)
    _call(_ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(1), ctypes.byref(beneath), ctypes.c_uint32(0))
    os.close(folder)


def restrict_files(ruleset: int) -> bool:
    """Put Landlock's rules into force for this process, for good."""
    return _call(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0)) == 0


def filter_calls(steps: bytes) -> bool:
    """Put a seccomp filter into force for this process, for good."""
    program = _Filter(len(steps) // 8, steps)
    return (
        _call(_CALLS[os.uname().machine][0], ctypes.c_uint(1), ctypes.c_uint(0), ctypes.byref(program)) == 0
    )
