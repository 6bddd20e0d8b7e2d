"""Answers made to hang, crash or slow down a grader."""

import subprocess
import sys
import time

import pytest

from lbt.grading import DOMAINS, Attempt, GradingSettings, domain_named, grade, grade_many
from lbt.grading.domains.math.comparison import comparison_pool

LIMIT_S = 2.0
SETTINGS = GradingSettings(limit_s=LIMIT_S)
MATH = domain_named("math", SETTINGS)
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
    pool = comparison_pool(SETTINGS)
    for name, bomb in BOMBS.items():
        pool.map([("x", "y")])  # so that a worker runs
        began = time.monotonic()
        verdict = grade(MATH, "5", f"\\boxed{{{bomb}}}").verdict
        assert time.monotonic() - began < LIMIT_S + 2, name
        assert verdict in ("error", "wrong"), name
        if not name.startswith(("braces", "nested")):
            assert verdict == "error", name
    mixed = [Attempt("5", "2^{2^{2^{49}}}")]
    mixed += [Attempt(f"x^2-{n}", f"\\boxed{{-{n}+x^2}}") for n in range(40)]
    verdicts = [graded.verdict for graded in grade_many(MATH, mixed)]
    assert verdicts == ["error"] + ["correct"] * 40


def test_unmarked_bombs_are_errors_too() -> None:
    for text in ("9" * 10_000, "word " * 210_000, "{" * 600 + "1" + "}" * 600):
        assert grade(MATH, "5", text).verdict == "error"


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
        for domain in DOMAINS:
            grade(domain_named(domain), "5", piece * (size // len(piece)))
        assert time.monotonic() - began < 10, piece


def test_a_script_without_a_main_guard_can_grade() -> None:
    script = (
        "from lbt.grading import domain_named, grade\n"
        "print(grade(domain_named('math'), 'x^2-1', r'\\boxed{(x-1)(x+1)}').verdict, end='')"
    )
    done = subprocess.run([sys.executable, "-"], input=script, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("correct", "")
