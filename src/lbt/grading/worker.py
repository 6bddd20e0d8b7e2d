"""The program of a worker process: `python -m lbt.grading.worker SECONDS` compares answers that it is sent.

Each line of its input is a JSON list of [gold, answer] pairs in tidy form. It writes one byte when it is
ready and one a pair. `lbt.grading.pool` starts it and kills it.
"""

import json
import logging
import os
import resource
import signal
import sys

READY, EQUAL, UNEQUAL, FAILED = b"R", b"=", b"!", b"?"
MEMORY_BYTES = 2 << 30
"""Address space of a worker; an answer that needs more fails."""


def main() -> None:
    """Answer until the input ends."""
    limit_s = float(sys.argv[1])
    results = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints is no result
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt ends
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _warm_up()
    os.write(results, READY)
    for line in sys.stdin.buffer:
        for gold, answer in json.loads(line):
            # If the parent is gone, nobody else ends this.
            signal.alarm(int(limit_s) + 5)
            os.write(results, _compare(gold, answer))
            signal.alarm(0)


def _warm_up() -> None:
    """Import what is slow to import, and let the parser build its tables."""
    from lbt.grading.equality import equal_slowly

    logging.disable(logging.CRITICAL)
    equal_slowly(r"\frac{1}{2}x^2+\sqrt{3}", r"\{(1,2],\begin{pmatrix}1\\2\end{pmatrix}\}")


def _compare(gold: str, answer: str) -> bytes:
    from lbt.grading.equality import equal_slowly

    try:
        return EQUAL if equal_slowly(gold, answer) else UNEQUAL
    except Exception:  # any failure of the comparison is the verdict "error", not the end of the worker
        return FAILED


if __name__ == "__main__":
    main()
