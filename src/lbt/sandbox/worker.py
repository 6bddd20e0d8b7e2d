"""The program of a worker process: `python -m lbt.sandbox.worker MODULE FUNCTION WARM_UP SECONDS BYTES`.

It applies a function to the items that it is sent: each line of its input is a JSON list of them. It writes
a line when it is ready (after calling WARM_UP, a function of the same module, unless that is empty) and a
line for each item: "=" and the result as JSON, or "!" if the function raised an exception.
`lbt.sandbox.pool` starts it and kills it.
"""

import json
import logging
import os
import resource
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

READY, DONE, RAISED = b"R", b"=", b"!"


def main() -> None:
    """Answer until the input ends."""
    name, function_name, warm_up, limit_s, memory_bytes = sys.argv[1:6]
    results = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints is not a result
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt ends
    resource.setrlimit(resource.RLIMIT_AS, (int(memory_bytes), int(memory_bytes)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    module = import_module(name)
    function = getattr(module, function_name)
    logging.disable(logging.CRITICAL)
    if warm_up:
        getattr(module, warm_up)()
    os.write(results, READY + b"\n")
    for line in sys.stdin.buffer:
        for item in json.loads(line):
            # If the parent is gone, nobody else ends this.
            signal.alarm(int(float(limit_s)) + 5)
            _write(results, _apply(function, item) + b"\n")
            signal.alarm(0)


def _apply(function: Callable[[Any], Any], item: Any) -> bytes:
    try:
        return DONE + json.dumps(function(item)).encode()
    except Exception:  # a failed item is a result, not the end of the worker
        return RAISED


def _write(file: int, line: bytes) -> None:
    while line:
        line = line[os.write(file, line) :]


if __name__ == "__main__":
    main()
