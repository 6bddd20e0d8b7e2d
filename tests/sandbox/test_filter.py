"""The seccomp filter says yes to what it lists and to nothing else, on both kinds of processor."""

import os
import struct
from functools import cache

import pytest

from lbt.sandbox.confined.filter import filter_program

ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050001, 0x80000000
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
I386, ARM, X32 = 0x40000003, 0x40000028, 0x40000000
# From the kernel's tables: what must never be there.
FORBIDDEN = {
    "x86_64": {
        "socket": 41,
        "connect": 42,
        "sendto": 44,
        "sendmsg": 46,
        "clone": 56,
        "fork": 57,
        "vfork": 58,
        "execve": 59,
        "kill": 62,
        "rename": 82,
        "mkdir": 83,
        "creat": 85,
        "unlink": 87,
        "chmod": 90,
        "ptrace": 101,
        "prctl": 157,
        "setrlimit": 160,
        "tkill": 200,
        "tgkill": 234,
        "utimensat": 280,
        "unshare": 272,
        "process_vm_readv": 310,
        "seccomp": 317,
        "memfd_create": 319,
        "bpf": 321,
        "execveat": 322,
        "io_uring_setup": 425,
        "pidfd_send_signal": 424,
        "clone3": 435,
        "openat2": 437,
        "fchmodat2": 452,
    },
    "aarch64": {
        "unlinkat": 35,
        "fchmodat": 53,
        "utimensat": 88,
        "unshare": 97,
        "ptrace": 117,
        "kill": 129,
        "tgkill": 131,
        "prctl": 167,
        "socket": 198,
        "connect": 203,
        "clone": 220,
        "execve": 221,
        "process_vm_readv": 270,
        "seccomp": 277,
        "memfd_create": 279,
        "bpf": 280,
        "io_uring_setup": 425,
        "clone3": 435,
        "openat2": 437,
    },
}
OPENAT = {"x86_64": 257, "aarch64": 56}
PRLIMIT = {"x86_64": 302, "aarch64": 261}
IOCTL = {"x86_64": 16, "aarch64": 29}
FCNTL = {"x86_64": 72, "aarch64": 25}


@cache
def steps_of(machine: str, files: bool) -> list[tuple[int, ...]]:
    return list(struct.iter_unpack("=HBBI", filter_program(machine, files) or b""))


def verdict(machine: str, number: int, *arguments: int, table: int | None = None, files: bool = True) -> int:
    """What the kernel would do: its own rules for the few instructions that the filter uses."""
    data = struct.pack(
        "=IIQ6Q", number, table or ARCHITECTURES[machine], 0, *arguments, *[0] * (6 - len(arguments))
    )
    steps = steps_of(machine, files)
    at, held = 0, 0
    while True:
        code, true, false, value = steps[at]
        at += 1
        if code == 0x20:
            (held,) = struct.unpack_from("=I", data, value)
        elif code == 0x06:
            return value
        elif code == 0x05:
            at += value
        else:
            holds = {0x15: held == value, 0x35: held >= value, 0x45: bool(held & value)}[code]
            at += true if holds else false


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_what_would_reach_outside_is_refused(machine: str) -> None:
    for name, number in FORBIDDEN[machine].items():
        assert verdict(machine, number) == REFUSE, name


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_few_calls_are_allowed_and_those_that_are_not_known_are_refused(machine: str) -> None:
    allowed = [number for number in range(1000) if verdict(machine, number) == ALLOW]
    assert 40 < len(allowed) < 70
    assert {verdict(machine, number) for number in range(470, 1000)} == {REFUSE}
    without_files = [number for number in range(1000) if verdict(machine, number, files=False) == ALLOW]
    assert len(without_files) < len(allowed)


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_other_tables_of_calls_are_refused(machine: str) -> None:
    for table in (I386, ARM, *(each for name, each in ARCHITECTURES.items() if name != machine)):
        assert verdict(machine, 1, table=table) == KILL
    for number in range(600):
        assert verdict(machine, X32 | number) == REFUSE


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_files_are_opened_for_reading_only_and_without_landlock_not_at_all(machine: str) -> None:
    for flags in (os.O_RDONLY, os.O_RDONLY | os.O_CLOEXEC, os.O_RDONLY | os.O_DIRECTORY):
        assert verdict(machine, OPENAT[machine], 0, 0, flags) == ALLOW
        assert verdict(machine, OPENAT[machine], 0, 0, flags, files=False) == REFUSE
    for flags in (os.O_WRONLY, os.O_RDWR, os.O_CREAT, os.O_TRUNC, os.O_TMPFILE | os.O_RDWR, 3):
        assert verdict(machine, OPENAT[machine], 0, 0, flags) == REFUSE


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_limits_are_read_and_never_set(machine: str) -> None:
    assert verdict(machine, PRLIMIT[machine], 0, 7, 0, 1) == ALLOW
    for new in (1, 1 << 32, 1 << 63):
        assert verdict(machine, PRLIMIT[machine], 0, 7, new, 1) == REFUSE
    assert verdict(machine, PRLIMIT[machine], 1234, 7, 0, 1) == REFUSE


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_files_are_asked_about_and_not_controlled(machine: str) -> None:
    assert verdict(machine, IOCTL[machine], 0, 0x5401) == ALLOW
    assert verdict(machine, FCNTL[machine], 0, 1) == ALLOW
    for push_back_input in (0x5412, 0x541C):
        assert verdict(machine, IOCTL[machine], 0, push_back_input) == REFUSE
    for signals_to_others in (8, 10, 15, 1024, 1026):
        assert verdict(machine, FCNTL[machine], 0, signals_to_others) == REFUSE


def test_for_a_processor_whose_numbers_are_not_known_there_is_no_filter() -> None:
    assert filter_program("riscv64", files=True) is None
