"""The process that runs a program as a whole, with standard input and output."""

import atexit
import io
import os
import sys
import traceback
from contextlib import suppress
from typing import Any

from lbt.sandbox.confined.candidate import load
from lbt.sandbox.confined.pipes import read_all

_ENCODING = "utf-8"


def run_program(program: int, stdin: int, stdout: int, stderr: int, _limit: int) -> int:
    """Run it as `__main__` and return its exit code."""
    for place, file in enumerate((stdin, stdout, stderr)):
        os.dup2(file, place)
        os.close(file)
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)), encoding=_ENCODING)
    sys.stdout = output = _written(1)
    sys.stderr = _written(2, errors="backslashreplace", line_buffering=True)
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr  # type: ignore[misc]  # Final for others
    sys.argv = ["program"]
    code = _run(read_all(program).decode("utf-8", "surrogatepass"))
    atexit._run_exitfuncs()
    with suppress(OSError, ValueError):  # it has closed them
        output.flush()
    return code


def _written(place: int, **options: Any) -> io.TextIOWrapper:
    return io.TextIOWrapper(
        io.BufferedWriter(io.FileIO(place, "w", closefd=False)), encoding=_ENCODING, **options
    )


def _run(source: str) -> int:
    try:
        load(source, "__main__")
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return (end.code or 0) & 255
        print(end.code, file=sys.stderr)
        return 1
    except BaseException as error:
        print(*traceback.format_exception_only(error), sep="", file=sys.stderr)
        return 1
    return 0
