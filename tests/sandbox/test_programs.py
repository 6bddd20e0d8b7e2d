"""What tests of a program may rely on: each is judged by itself, by plain data, within its limits."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from lbt.sandbox.programs import (
    UNEXAMINED,
    Examination,
    Expression,
    Item,
    ItemResult,
    ProgramLimits,
    Run,
    Sandbox,
    SandboxError,
    Test,
    containment,
    examine_programs,
)
from lbt.sandbox.programs.work import Ended, Work

LIMITS = ProgramLimits(cpu_s=0.5, wall_s=60.0, memory_mb=256, output_kb=64, value_kb=64)
PASSED = ItemResult(True, None, None)
PROGRAM = """
def double(x):
    return 2 * x

def fail(kind, *given):
    raise kind(*given)

def count(limit):
    yield from range(limit)

def forever():
    while True:
        yield 1

def loop(x):
    while x: pass
    return x

def call(function, *given):
    return function(*given)

def reverse(rows):
    rows.reverse()
    for row in rows: row.sort()

def clear(rows):
    rows.clear()
    return 0

class Node:
    def __init__(self, value):
        self.value, self.left = value, None

    def __str__(self):
        return f"Node {self.value}"

    def __len__(self):
        return 7

    def __contains__(self, value):
        return value == self.value

    def count(self, value):
        return int(value == self.value)

def make(value):
    return Node(value)

def depth(node):
    return 0 if node is None else 1 + depth(node.left)
"""
NAMES = ("double", "fail", "count", "forever", "loop", "call", "reverse", "clear", "Node", "make", "depth")


def judged(
    *items: Item, program: str = PROGRAM, setup: str = "", limits: ProgramLimits = LIMITS
) -> list[ItemResult]:
    (examined,) = examine_programs([Examination(program, items, setup, NAMES)], limits)
    return list(examined.results)


def verdict(code: str, **given: str) -> str:
    (result,) = judged(Test(code), **given)  # type: ignore[arg-type]
    return "passed" if result.passed else str(result.error)


def test_each_item_is_judged_by_itself() -> None:
    results = judged(
        Test("assert double(2) == 4"),
        Test("assert double(2) == 5"),
        Test("y = 1\nassert double(y) == 2"),
        Test("assert y == 1"),
        Expression("double([1])"),
        Expression("double(None)"),
        Run(""),
        Test("assert double('a') == 'aa', 'no'"),
    )
    assert [result.passed for result in results] == [True, False, True, False, None, None, None, True]
    assert [result.value for result in results] == [None, None, None, None, "[1, 1]", None, "", None]
    assert results[1].error == "AssertionError"
    assert results[3].error == "NameError: name 'y' is not defined"
    assert str(results[5].error).startswith("TypeError: unsupported operand")


def test_what_ends_the_program_ends_one_item_only() -> None:
    program = (
        "import ctypes, os\nend = os._exit\ndef crash(): ctypes.string_at(0)\ndef double(x): return 2 * x\n"
    )
    (examined,) = examine_programs(
        [
            Examination(
                program,
                (
                    Test("end(0)"),
                    Test("assert double(1) == 2"),
                    Test("crash()"),
                    Test("assert double(2) == 4"),
                ),
                names=("double", "end", "crash"),
            )
        ],
        LIMITS,
    )
    errors = [result.error for result in examined.results]
    assert errors[0] == "the program ended itself (exit code 0)"
    assert errors[1] is None
    assert errors[2] == "the program crashed (SIGSEGV)"
    assert errors[3] is None


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("import os; os._exit(5)", "the program ended itself (exit code 5)"),
        ("while True: pass", "took too long"),
    ],
)
def test_a_setup_that_the_program_does_not_survive_is_tried_once(body: str, error: str) -> None:
    job = Examination(f"def f():\n    {body}", (Test("assert True"),) * 3, setup="kept = f()", names=("f",))
    (examined,) = examine_programs([job], LIMITS)
    assert examined.program_error == error
    assert {result.error for result in examined.results} == {error}


def test_a_setup_that_fails_fails_every_test_and_says_why() -> None:
    job = Examination("def f(): return 1", (Test("assert f() == 1"),), setup="import numpy", names=("f",))
    (examined,) = examine_programs([job], LIMITS)
    assert examined.program_error is None
    assert str(examined.results[0].error).startswith("the setup of the tests failed: ModuleNotFoundError")


@pytest.mark.slow
def test_after_some_items_that_end_the_program_the_others_are_left_out() -> None:
    limits = LIMITS.model_copy(update={"late_items": 2})
    results = judged(*[Test("loop(1)")] * 2, Test("assert double(1) == 2"), limits=limits)
    assert [result.error for result in results] == [
        "took too long",
        "took too long",
        "not tried: 2 others took too long or ended the program",
    ]


@pytest.mark.parametrize(
    ("program", "error"),
    [
        ("def f(:", "SyntaxError: invalid syntax (line 1)"),
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("raise SystemExit(0)", "ProgramError: the program raised SystemExit: 0"),
        ("import os; os._exit(3)", "the program ended itself (exit code 3)"),
        ("while True: pass", "took too long"),
        ("kept = [0] * 10**9", "used too much memory"),
        ("\0", "SyntaxError: source code string cannot contain null bytes"),
        ("x = '\ud800'", "UnicodeError: "),
    ],
)
def test_a_program_that_cannot_be_loaded_fails_every_test_and_says_why(program: str, error: str) -> None:
    job = Examination(program, (Test("assert True"), Expression("1")), names=("f",))
    (examined,) = examine_programs([job], LIMITS)
    assert str(examined.program_error).startswith(error)
    assert [(result.passed, result.error) for result in examined.results] == [
        (False, examined.program_error),
        (None, examined.program_error),
    ]


def test_a_name_that_the_program_lacks_is_an_error_of_the_test() -> None:
    assert verdict("assert double(1) == 2", program="") == "NameError: name 'double' is not defined"


@pytest.mark.parametrize(
    ("test", "error"),
    [
        ("try: fail(ValueError, 'bad')\nexcept ValueError as error: assert str(error) == 'bad'", "passed"),
        ("try: fail(KeyError, 3)\nexcept LookupError as error: assert error.args == (3,)", "passed"),
        ("try: fail(UnicodeDecodeError, 'a', b'b', 0, 1, 'c')\nexcept ValueError: pass", "passed"),
        ("fail(StopIteration)", "ProgramError: the program raised StopIteration"),
        ("fail(KeyboardInterrupt)", "ProgramError: the program raised KeyboardInterrupt"),
        ("fail(GeneratorExit)", "ProgramError: the program raised GeneratorExit"),
        ("fail(SystemExit, 0)", "ProgramError: the program raised SystemExit: 0"),
        ("fail(BaseException)", "ProgramError: the program raised BaseException"),
        ("fail(Exception, 'x')", "Exception: x"),
        ("fail(AssertionError, 'x')", "AssertionError: x"),
    ],
)
def test_an_exception_arrives_as_the_built_in_one_and_never_as_one_that_ends_more(
    test: str, error: str
) -> None:
    assert verdict(test) == error


@pytest.mark.parametrize(
    "test",
    [
        "assert list(count(3)) == [0, 1, 2] and sum(count(3000)) == 4498500",
        "values = count(1)\nassert next(values) == 0 and next(values, 'over') == 'over'",
        "values = iter(forever())\nassert [next(values) for _ in range(3)] == [1, 1, 1]",
        "for each in count(5):\n    if each == 3: break\nassert each == 3",
        "root = Node(1)\nroot.left = Node(2)\nassert root.left.value == 2 and root.left.left is None",
        "root = Node(1)\nroot.left = Node(2)\nassert depth(root) == 2",
        "node = Node(1)\nassert str(node) == 'Node 1' and len(node) == 7",
        "node = Node(1)\nassert 1 in node and node.count(1) == 1",
        "assert call(lambda x: x + 1, 2) == 3 and call(len, [1]) == 1 and call(int, '3') == 3",
        "assert call(math.sqrt, 4.0) == 2.0",
        "def outer(f): return call(f, 3)\nassert call(outer, double) == 6",
        "rows = [[2, 1], [4, 3]]\nfirst = rows[0]\nreverse(rows)\nassert rows == [[3, 4], [1, 2]]",
        "rows = [1]\nassert clear(rows) == 0 and rows == [1]",
        "assert make(1).value == 1 and make(1) is not None and make(1) != None",
        "import random\nassert random.random() == random.Random(0).random()",
    ],
)
def test_what_tests_may_do_with_the_programs_objects(test: str) -> None:
    assert verdict(test, setup="import math") == "passed"


@pytest.mark.parametrize(
    "test",
    [
        "make(1) == 1",
        "make(1) != 1",
        "1 == make(1)",
        "make(1) == make(1)",
        "make(1) < 1",
        "make(1) + 1",
        "1 - make(1)",
        "1 in make(1)",
        "make(1).count(1)",
        "make(1) in [1]",
        "Node(1) == Node(1)",
    ],
)
def test_an_object_of_the_program_decides_nothing(test: str) -> None:
    assert verdict(test).startswith(("NotPlain: ", "TypeError: "))


def test_a_function_of_the_test_that_asserts_fails_the_test_even_if_the_program_swallows_it() -> None:
    program = "def call(f, x):\n    try: f(x)\n    except BaseException: pass\n    return 1\n"
    test = "def check(x): assert x == 2\nassert call(check, 1) == 1"
    assert verdict(test, program=program) == "AssertionError"


def test_the_programs_own_exceptions_can_be_caught_by_name() -> None:
    program = """
class TooLittle(ValueError):
    def __init__(self, left): super().__init__(f"{left} left")
class Odd(Exception): pass
def pay(x): raise TooLittle(x)
def odd(): raise Odd
"""
    job = Examination(
        program,
        (
            Test("try: pay(3)\nexcept TooLittle as error: assert str(error) == '3 left'"),
            Test("try: pay(3)\nexcept ValueError: pass"),
            Test("try: pay(3)\nexcept Odd: pass"),
            Test("try: odd()\nexcept Odd: pass"),
            Test("try: odd()\nexcept ValueError: pass"),
        ),
        names=("pay", "odd", "TooLittle", "Odd"),
    )
    (examined,) = examine_programs([job], LIMITS)
    errors = [result.error for result in examined.results]
    assert errors == [None, None, "TooLittle: 3 left", None, "Odd"]


def test_what_cannot_be_passed_to_a_program_is_said() -> None:
    said = verdict("class A: pass\ndouble(A())")
    assert said.startswith("TypeError: The tests give the program an object of class A")


def test_limits_hold_for_each_item() -> None:
    results = judged(
        Test("loop(1)"),
        Expression("double('x' * 100_000)"),
        Expression("call(bytearray, 1 << 30)"),
        Test("assert double(1) == 2"),
    )
    assert [result.error for result in results] == [
        "took too long",
        "an answer that is no plain data: too large",
        "used too much memory",
        None,
    ]


def test_the_tests_time_counts_too() -> None:
    assert verdict("while True: pass") == "took too long"


def test_a_whole_program_reads_its_input_and_writes_its_output() -> None:
    program = "import sys\nif __name__ == '__main__':\n    for line in sys.stdin: print(line.strip()[::-1])\n"
    results = judged(Run("abc\ndef\n"), Run(""), Run("ä€😀\n"), program=program)
    assert [result.value for result in results] == ["cba\nfed\n", "", "😀€ä\n"]
    assert {result.passed for result in results} == {None}


@pytest.mark.parametrize(
    ("program", "value", "error"),
    [
        ("print(1)\nraise ValueError('no')", None, "ValueError: no"),
        ("print(1)\nraise SystemExit", "1\n", None),
        ("import sys\nprint(1)\nsys.exit(3)", None, "the program ended itself (exit code 3)"),
        ("import sys\nsys.exit('no')", None, "no"),
        ("import os\nos.write(1, b'raw')\nos._exit(0)", "raw", None),
        ("while True: print('x' * 1000)", None, "printed too much"),
        ("import sys\nwhile True: print('x' * 1000, file=sys.stderr)", None, "printed too much"),
        ("while True: pass", None, "took too long"),
        ("import time\nprint(1)\ntime.sleep(99)", None, "took too long"),
        ("kept = [0] * 10**9", None, "used too much memory"),
        ("import atexit\natexit.register(print, 2)\nprint(1)", "1\n2\n", None),
        ("import sys\nsys.stdout.close()", "", None),
        ("def f(:", None, "SyntaxError: invalid syntax"),
    ],
)
def test_how_a_whole_program_ends(program: str, value: str | None, error: str | None) -> None:
    (result,) = judged(Run("input"), program=program)
    assert result == ItemResult(None, value, error)


@pytest.mark.slow
def test_large_programs_inputs_and_outputs_pass() -> None:
    limits = LIMITS.model_copy(update={"output_kb": 4096, "cpu_s": 5.0})
    program = "# " + "x" * 1_000_000 + "\nimport sys\nsys.stdout.write(sys.stdin.read())\n"
    (result,) = judged(Run("y" * 2_000_000), program=program, limits=limits)
    assert result.value == "y" * 2_000_000


def test_many_jobs_come_back_in_their_order_and_touch_each_other_in_nothing() -> None:
    jobs = [
        Examination(
            f"import sys\nassert not hasattr(sys, 'kept')\nsys.kept = 1\ndef f(): return {number}",
            (Expression("f()"), Test(f"assert f() == {number}")),
            names=("f",),
        )
        for number in range(20)
    ]
    results = examine_programs(jobs, LIMITS, workers=4)
    assert [each.results[0].value for each in results] == [str(number) for number in range(20)]
    assert all(each.results[1].passed for each in results)


def test_the_layers_are_stored_with_each_result() -> None:
    (examined,) = examine_programs([Examination("", (Run(""),))], LIMITS)
    assert examined.containment == containment()
    assert "limits" in examined.containment


def test_no_job_and_a_job_without_items_cost_nothing() -> None:
    assert examine_programs([], LIMITS) == []
    (examined,) = examine_programs([Examination("1/0", ())], LIMITS)
    assert examined.results == ()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox()
    yield sandbox
    sandbox.close()


def test_without_a_filter_programs_are_refused_unless_a_setting_says_otherwise() -> None:
    bare = Sandbox(layers=())
    with pytest.raises(SandboxError, match="unsafe_execution"):
        bare.examine([Examination("", (Run(""),))], LIMITS)
    assert bare.process_id() is None
    unsafe = Sandbox(layers=(), unsafe_execution=True)
    job = Examination(PROGRAM, (Test("assert double(1) == 2"), Test("assert make(1) == 1")), names=NAMES)
    (examined,) = unsafe.examine([job], LIMITS)
    unsafe.close()
    assert examined.containment == "limits"
    assert [result.passed for result in examined.results] == [True, False]


def test_a_launcher_starts_the_sandbox(sandbox: Sandbox) -> None:
    launched = Sandbox(launcher=["nice", "-n", "1"])
    assert launched.containment() == f"nice, {sandbox.containment()}"
    launched.close()
    with pytest.raises(SandboxError, match="no_such_launcher"):
        Sandbox(launcher=["no_such_launcher"]).containment()
    with pytest.raises(SandboxError, match="does not start"):
        Sandbox(launcher=["false"]).containment()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
def test_the_sandbox_works_inside_bubblewrap() -> None:
    options = "--unshare-all --die-with-parent --ro-bind / / --dev /dev --proc /proc --tmpfs /tmp"
    inside = Sandbox(launcher=["bwrap", *options.split()])
    jobs = [Examination(PROGRAM, (Test("assert double(1) == 2"), Test("loop(1)")), names=NAMES)] * 3
    for examined in inside.examine(jobs, LIMITS):
        assert [result.error for result in examined.results] == [None, "took too long"]
        assert examined.containment.startswith("bwrap, ")
    inside.close()


@pytest.mark.slow
def test_a_server_that_is_killed_is_replaced_and_no_verdict_changes(sandbox: Sandbox) -> None:
    sandbox.containment()
    first = sandbox.process_id()
    assert first is not None
    killer = subprocess.Popen(
        [sys.executable, "-c", f"import os, time; time.sleep(0.3); os.kill({first}, 9)"]
    )
    job = Examination(
        "import time\ndef f(): time.sleep(0.02); return 1", (Test("assert f() == 1"),) * 40, names=("f",)
    )
    (examined,) = sandbox.examine([job], LIMITS)
    killer.wait()
    assert sandbox.process_id() != first
    assert [result.passed for result in examined.results] == [True] * 40


def test_a_process_that_the_machine_kills_is_no_verdict() -> None:
    ended = Ended("", {"candidate": -signal.SIGKILL, "examiner": 0}, 0.1)
    work = Work(Examination("", (Test(""), Test(""))), LIMITS)
    for _ in range(3):
        work.break_off(work.take(), ended)
    assert [work.results[number].error for number in (0, 1)] == [UNEXAMINED, UNEXAMINED]
    assert not work.todo


@pytest.mark.slow
def test_the_server_and_all_its_processes_end_with_the_one_that_started_them() -> None:
    code = (
        "from lbt.sandbox.programs import *\n"
        "import threading, os, time\n"
        "sandbox = Sandbox(); sandbox.containment(); print(sandbox.process_id(), flush=True)\n"
        "threading.Timer(0.5, os._exit, (0,)).start()\n"
        "sandbox.examine([Examination('while True: pass', (Run(''),))] * 2, ProgramLimits())\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=dict(os.environ))
    server = int(ended.stdout)
    until = time.monotonic() + 10
    while _session_runs(server) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _session_runs(server)


def _session_runs(server: int) -> bool:
    return os.path.exists(f"/proc/{server}")
