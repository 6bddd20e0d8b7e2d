# ruff: noqa: E501  (tables of programs, one a line)
"""Time, memory, output, files, and answers without end."""

from tests.sandbox.attacks.attack import Attack, doing, lasting

from lbt.sandbox.programs import Expression, Run, Test

_DEAF = """
import signal
for number in range(1, 65):
    try: signal.signal(number, lambda *_: None)
    except (OSError, ValueError): pass
def f():
    while True:
        try:
            while True: pass
        except BaseException: pass
"""

BOMBS: list[Attack] = [
    lasting("a loop", "def f():\n    while True: pass"),
    lasting("a loop while it is loaded", "while True: pass"),
    lasting("a loop that hears no signal", _DEAF),
    lasting("a loop in C", "def f(): return 7 ** 7 ** 9 % 3"),
    lasting("a pattern that backtracks", "import re\ndef f(): return re.match('(a|a)*b', 'a' * 99)"),
    lasting("sleep", "import time\ndef f(): time.sleep(600)"),
    lasting("waiting for input", "import select\ndef f(): select.select([], [], [])"),
    lasting("a row without end", "def f():\n    while True: yield 1", Expression("sum(f())")),
    lasting(
        "rows of rows",
        "def f():\n    while True: yield f()",
        Test("for each in f():\n    for other in each: pass"),
    ),
    lasting(
        "an answer that never ends",
        "class A:\n    def __iter__(self): return self\n    def __next__(self): return 1\ndef f(): return A()",
        Test("assert 2 in list(f())"),
    ),
    doing("memory", "def f():\n    kept = bytearray(1 << 29); return 'DO' + 'NE'"),
    doing(
        "memory beyond its own limit",
        "import resource\ndef f():\n    resource.setrlimit(resource.RLIMIT_AS, (-1, -1))\n    kept = bytearray(1 << 29); return 'DO' + 'NE'",
    ),
    doing(
        "open files",
        "import os\ndef f():\n    kept = [os.open('/dev/null', 0) for _ in range(200)]; return 'DO' + 'NE'",
    ),
    doing(
        "open files by copies",
        "import os\ndef f():\n    kept = [os.dup(0) for _ in range(200)]; return 'DO' + 'NE'",
    ),
    Attack(
        "output",
        "for _ in range(1000): print('x' * 10000)",
        Run(""),
        lambda _, outcome: len(outcome.value) > 1 << 20,
    ),
    Attack(
        "a huge answer",
        "def f(): return 'x' * 50_000_000",
        Expression("f()"),
        lambda _, outcome: len(outcome.value) > 1 << 19 or outcome.seconds > 4,
    ),
]
