import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from lbt.errors import LbtError
from lbt.grading import grade_many
from lbt.grading.pool import WorkerPool

LIMIT_S = 2.0
BOMBS = {
    "a tower of powers": "2^{2^{2^{49}}}",
    "a factorial of a factorial": "((10!)!)!",
    "a number of 10,000 digits": "9" * 10_000,
    "a megabyte": "x+" * 500_000 + "1",
    "deep braces": "{" * 5000 + "1" + "}" * 5000,
    "braces just deep enough to be parsed": "{" * 45 + r"\sin(" * 30 + "x" + ")" * 30 + "}" * 45,
    "nested fractions": r"\frac{1}{" * 49 + "2" + "}" * 49,
}


@pytest.mark.slow
def test_a_bomb_is_an_error_within_the_limit_and_the_pool_lives() -> None:
    grade_many("math", [("x", r"\boxed{\frac{x^2}{x}}")], limit_s=LIMIT_S)
    for name, bomb in BOMBS.items():
        began = time.monotonic()
        verdict = grade_many("math", [("5", f"\\boxed{{{bomb}}}")], limit_s=LIMIT_S)[0].verdict
        assert time.monotonic() - began < LIMIT_S + 2, name
        assert verdict in ("error", "wrong"), name
        if not name.startswith(("braces", "nested")):
            assert verdict == "error", name
    mixed = [("5", "2^{2^{2^{49}}}"), *[(f"x^2-{n}", f"\\boxed{{-{n}+x^2}}") for n in range(40)]]
    verdicts = [graded.verdict for graded in grade_many("math", mixed, limit_s=LIMIT_S)]
    assert verdicts == ["error"] + ["correct"] * 40


def test_unmarked_bombs_are_errors_too() -> None:
    for text in ("9" * 10_000, "word " * 210_000, "{" * 600 + "1" + "}" * 600):
        assert grade_many("math", [("5", text)])[0].verdict == "error"


@pytest.mark.slow
def test_no_text_holds_up_its_reader() -> None:
    """Extraction runs in the caller, where nothing can kill it: it has to be linear."""
    size = 100_000
    pieces = [
        "\\boxed{",
        "{",
        "}",
        "answer ",
        "answer is ",
        "####",
        "[[Final Answer]]",
        "$",
        "(",
        "a or ",
        " ",
    ]
    pieces += ["\n", "\\text{", "1,", "the answer is 1. ", "\\boxed{1} ", "\\[", "**", "<a>:\n", "is 1 "]
    for piece in pieces:
        began = time.monotonic()
        grade_many("math", [("5", piece * (size // len(piece)))])
        assert time.monotonic() - began < 5, piece


@pytest.mark.slow
def test_workers_killed_from_outside_are_replaced() -> None:
    pool = WorkerPool(workers=2)
    pairs = [(f"x^2-{number}", f"-{number}+x^2") for number in range(60)]
    assert pool.compare(pairs) == [True] * 60
    for worker in pool._running:
        os.kill(worker.process.pid, signal.SIGKILL)
    assert pool.compare(pairs) == [True] * 60
    victims = [worker.process.pid for worker in pool._running]
    killer = threading.Timer(0.1, lambda: [os.kill(victim, signal.SIGKILL) for victim in victims])
    killer.start()
    assert pool.compare([(f"y^3-{number}", f"-{number}+y^3") for number in range(300)]) == [True] * 300
    killer.join()
    pool.close()


def test_workers_stay_warm_between_calls_and_end_on_close() -> None:
    pool = WorkerPool(workers=1)
    pool.compare([("x+1", "1+x")])
    first = pool._running[0].process
    pool.compare([("x+2", "2+x")])
    assert pool._running[0].process is first
    pool.close()
    assert first.returncode is not None


def test_a_worker_that_cannot_start_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(LbtError, match="do not start"):
        WorkerPool(workers=1).compare([("x+1", "1+x")])


def test_a_script_without_a_main_guard_can_grade() -> None:
    script = (
        "from lbt.grading import grade\nprint(grade('math', 'x^2-1', r'\\boxed{(x-1)(x+1)}').verdict, end='')"
    )
    done = subprocess.run([sys.executable, "-"], input=script, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("correct", "")
