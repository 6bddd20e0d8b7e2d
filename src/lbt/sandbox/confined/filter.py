"""The system calls that a confined process may make, as a seccomp filter.

Everything that is not listed is refused with "Operation not permitted". So is every other table of system
calls: i386 and x32 on x86-64, and 32-bit on aarch64.
"""

import struct
from collections.abc import Iterator

_MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""Linux' names of the tables (AUDIT_ARCH_…)."""

# name: (x86-64, aarch64); None where a machine has no such call
_ALLOWED: dict[str, tuple[int | None, int | None]] = {
    "read": (0, 63),
    "write": (1, 64),
    "readv": (19, 65),
    "writev": (20, 66),
    "pread64": (17, 67),
    "lseek": (8, 62),
    "close": (3, 57),
    "dup": (32, 23),
    "dup2": (33, None),
    "dup3": (292, 24),
    "fstat": (5, 80),
    "mmap": (9, 222),
    "munmap": (11, 215),
    "mprotect": (10, 226),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "brk": (12, 214),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "restart_syscall": (219, 128),
    "alarm": (37, None),
    "setitimer": (38, 103),
    "getitimer": (36, 102),
    "futex": (202, 98),
    "rseq": (334, 293),
    "sched_yield": (24, 124),
    "getcpu": (309, 168),
    "getpid": (39, 172),
    "gettid": (186, 178),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "uname": (63, 160),
    "times": (100, 153),
    "getrusage": (98, 165),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "gettimeofday": (96, 169),
    "time": (201, None),
    "nanosleep": (35, 101),
    "clock_nanosleep": (230, 115),
    "getrandom": (318, 278),
    "poll": (7, None),
    "ppoll": (271, 73),
    "select": (23, None),
    "pselect6": (270, 72),
    "exit": (60, 93),
    "exit_group": (231, 94),
}
# What imports need besides; Landlock says where.
_LOOKING: dict[str, tuple[int | None, int | None]] = {
    "stat": (4, None),
    "lstat": (6, None),
    "newfstatat": (262, 79),
    "statx": (332, 291),
    "access": (21, None),
    "faccessat": (269, 48),
    "readlink": (89, None),
    "readlinkat": (267, 78),
    "getdents64": (217, 61),
    "getcwd": (79, 17),
}
_OPENING: dict[str, tuple[tuple[int | None, int | None], int]] = {
    "open": ((2, None), 1),
    "openat": ((257, 56), 2),
}
"""With the place of the flags among the arguments."""
_IOCTL, _FCNTL, _PRLIMIT = (16, 29), (72, 25), (302, 261)
_IOCTLS = (0x5401, 0x5451)
"""TCGETS and FIOCLEX: Python asks whether a file is a terminal, and closes it on exec."""
_FCNTLS = (1, 2, 3, 1030)
"""F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC."""
_WRITING = 0o1103
"""O_WRONLY, O_RDWR, O_CREAT, O_TRUNC."""

_KILL, _ALLOW, _REFUSE = 0x80000000, 0x7FFF0000, 0x00050001
"""SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO with EPERM."""
_LOAD, _JUMP, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x05, 0x15, 0x35, 0x45, 0x06
_NUMBER, _MACHINE, _ARGUMENTS = 0, 4, 16

Step = tuple[int, int, int, int]
"""An instruction of classic BPF: code, steps to skip if true, if false, and its number."""


def filter_program(machine: str, files: bool) -> bytes | None:
    """The filter's instructions; None for a machine whose numbers are not known here.

    Args:
        machine: As `os.uname().machine` says it.
        files: Whether reading files may be asked for: only where Landlock says which.
    """
    if machine not in _MACHINES:
        return None
    steps = [(_LOAD, 0, 0, _MACHINE), (_EQUAL, 1, 0, _MACHINES[machine]), (_RETURN, 0, 0, _KILL)]
    # A number of the table x32 is in no verdict.
    steps += [(_LOAD, 0, 0, _NUMBER), *_tree(sorted(_verdicts(machine, files).items()))]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def _verdicts(machine: str, files: bool) -> dict[int, list[Step]]:
    """Steps for each call that is not refused outright, by its number."""
    column = list(_MACHINES).index(machine)
    plain = [*_ALLOWED.values(), *(_LOOKING.values() if files else [])]
    found = {numbers[column]: [(_RETURN, 0, 0, _ALLOW)] for numbers in plain}
    for some, choices in ((_IOCTL, _IOCTLS), (_FCNTL, _FCNTLS)):
        found[some[column]] = list(_argument_among(1, choices))
    found[_PRLIMIT[column]] = [*_none(0), *_none(2), (_RETURN, 0, 0, _ALLOW)]
    for numbers, place in _OPENING.values() if files else []:
        found[numbers[column]] = list(_only_reading(place))
    return {number: steps for number, steps in found.items() if number is not None}


def _tree(verdicts: list[tuple[int, list[Step]]]) -> list[Step]:
    """Steps that find a number by halving: the kernel tries the filter on every number when it is put on."""
    if len(verdicts) == 1:
        number, then = verdicts[0]
        return [(_EQUAL, 0, len(then), number), *then, (_RETURN, 0, 0, _REFUSE)]
    middle = len(verdicts) // 2
    lower, upper = _tree(verdicts[:middle]), _tree(verdicts[middle:])
    # Only jumps without a condition reach further than 255 steps.
    return [(_AT_LEAST, 0, 1, verdicts[middle][0]), (_JUMP, 0, 0, len(lower)), *lower, *upper]


def _low(place: int) -> Step:
    return (_LOAD, 0, 0, _ARGUMENTS + 8 * place)


def _argument_among(place: int, choices: tuple[int, ...]) -> Iterator[Step]:
    yield _low(place)
    for choice in choices:
        yield (_EQUAL, 0, 1, choice)
        yield (_RETURN, 0, 0, _ALLOW)
    yield (_RETURN, 0, 0, _REFUSE)


def _none(place: int) -> Iterator[Step]:
    """Go on only if the argument is 0, in both halves."""
    for half in (0, 4):
        yield (_LOAD, 0, 0, _ARGUMENTS + 8 * place + half)
        yield (_EQUAL, 1, 0, 0)
        yield (_RETURN, 0, 0, _REFUSE)


def _only_reading(place: int) -> Iterator[Step]:
    yield _low(place)
    yield (_ANY_BIT, 0, 1, _WRITING)
    yield (_RETURN, 0, 0, _REFUSE)
    yield (_RETURN, 0, 0, _ALLOW)
