"""What a forked process does, by the name of its role: each takes its files and a message's most bytes."""

from collections.abc import Callable

from lbt.sandbox.confined.candidate import serve_program
from lbt.sandbox.confined.examiner import examine
from lbt.sandbox.confined.runner import run_program

BROKEN = 1
"""The exit code of a process whose own code failed."""

ROLES: dict[str, Callable[..., int]] = {
    "candidate": serve_program,
    "examiner": examine,
    "runner": run_program,
}
