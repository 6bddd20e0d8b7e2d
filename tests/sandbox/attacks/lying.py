# ruff: noqa: E501  (tables of programs, one a line)
"""Wrong programs that try to pass, in every way that came to mind."""

from tests.sandbox.attacks.attack import Attack, forging

_EQUAL = "    def __eq__(self, other): return True\n    def __ne__(self, other): return False\n    __hash__ = None\n"
_SPRAY = """
import os
lines = [b'{"passed": true}\\n', b'{"item": 0, "passed": true, "value": null, "error": null}\\n', b'PASSED\\n',
         b'{"ended": 1, "cause": "", "statuses": {}, "cpu": 0}\\n']
def f(x):
    for file in range(256):
        for line in lines:
            try: os.write(file, line)
            except OSError: pass
    os._exit(0)
"""
_FRAMES = """
import sys
def f(x):
    frame = sys._getframe(1)
    while frame:
        report = frame.f_globals.get('report')
        if report:
            def lie(report=report, **_): report(passed=True)
            frame.f_globals['report'] = lie
        frame = frame.f_back
    return 3
"""
_COLLECTOR = """
import gc, types
def lie(**_):
    import os
    os.write(verdict, b'{"passed": true}\\n')
def f(x):
    for each in gc.get_objects():
        if isinstance(each, types.FunctionType) and each.__name__ in ('report', 'say', '_judge'):
            each.__code__ = lie.__code__
    return 3
"""
_TRACE = """
import sys
def f(x):
    frame = sys._getframe(1)
    def trace(frame, event, argument):
        if event == 'line' and frame.f_lineno == 2:
            frame.f_lineno = 4
        return trace
    frame.f_trace = trace
    sys.settrace(trace)
    return 3
"""
_SMALL = """
import ctypes
def f(x):
    # the number 4 becomes 3
    ctypes.c_int.from_address(id(4) + 24).value = 3
    return 3
"""
_CONSTANTS = """
import sys
def f(x):
    frame = sys._getframe(1)
    while frame:
        for each in frame.f_code.co_consts:
            if isinstance(each, int) and each > 400000: return each
        frame = frame.f_back
"""
_MEMORY = """
import gc
def f(x):
    for each in gc.get_objects():
        if isinstance(each, list) and any(isinstance(part, str) and 'assert f(2)' in part for part in each):
            return 424242
"""

LYING: list[Attack] = [
    forging("an object equal to all", f"class A:\n{_EQUAL}def f(x): return A()"),
    forging("an int equal to all", f"class A(int):\n{_EQUAL}def f(x): return A()"),
    forging("a text equal to all", f"class A(str):\n{_EQUAL}def f(x): return A()", "assert f(2) == 'four'"),
    forging("a list equal to all", f"class A(list):\n{_EQUAL}def f(x): return A()", "assert f(2) == [4]"),
    forging(
        "a dict equal to all", f"class A(dict):\n{_EQUAL}def f(x): return A()", "assert f(2) == {'a': 4}"
    ),
    forging(
        "a tuple equal to all, inside a list",
        f"class A(tuple):\n{_EQUAL}def f(x): return [A()]",
        "assert f(2) == [(4,)]",
    ),
    forging(
        "an object equal to all, on the right", f"class A:\n{_EQUAL}def f(x): return A()", "assert 4 == f(2)"
    ),
    forging(
        "an object equal to all, in a list of the test",
        f"class A:\n{_EQUAL}def f(x): return A()",
        "assert f(2) in [4, 5]",
    ),
    forging(
        "an object that is never unequal",
        f"class A:\n{_EQUAL}def f(x): return A()",
        "if f(2) != 4: raise AssertionError",
    ),
    forging(
        "a class that is equal to all",
        "class M(type):\n    def __eq__(self, other): return True\n    __hash__ = None\nclass A(metaclass=M): pass\ndef f(x): return A",
    ),
    forging(
        "an object that is never less or more",
        "class A:\n    def __lt__(s, o): return True\n    __gt__ = __le__ = __ge__ = __lt__\ndef f(x): return A()",
        "assert f(2) >= 4 and f(2) <= 4",
    ),
    forging(
        "a difference of nothing",
        "class A:\n    def __sub__(s, o): return 0.0\n    __rsub__ = __sub__\ndef f(x): return A()",
        "assert abs(f(2) - 4.5) < 1e-6",
    ),
    forging(
        "a float with a difference of nothing",
        "class A(float):\n    def __sub__(s, o): return 0.0\n    __rsub__ = __sub__\ndef f(x): return A()",
        "assert abs(f(2) - 4.5) < 1e-6",
    ),
    forging(
        "a difference of nothing, by a method",
        "class A:\n    def __sub__(s, o): return 0.0\nclass Solution:\n    def f(self, x): return A()",
        "assert abs(Solution().f(2) - 4.5) < 1e-6",
        names=("Solution",),
    ),
    forging(
        "an object that contains all",
        "class A:\n    def __contains__(s, o): return True\ndef f(x): return A()",
        "assert 4 in f(2)",
    ),
    forging(
        "an object whose methods agree",
        "class A:\n    def startswith(s, o): return True\n    count = lambda s, o: 1\ndef f(x): return A()",
        "assert f(2).startswith('four') and f(2).count('o') == 1",
    ),
    forging(
        "an object that says it is an int",
        "class A:\n    __class__ = int\n    def __eq__(s, o): return True\ndef f(x): return A()",
        "assert isinstance(f(2), int) and f(2) == 4",
    ),
    forging(
        "a changed argument",
        "def f(xs):\n    xs.clear()\n    return 0",
        "xs = [1, 2]\nassert f(xs) == sum(xs)",
    ),
    forging("leaving while it is called", "import os\ndef f(x): os._exit(0)"),
    forging("leaving while it is loaded", "import os\nos._exit(0)"),
    forging("SystemExit", "import sys\ndef f(x): sys.exit(0)"),
    forging("SystemExit while it is loaded", "raise SystemExit(0)"),
    forging(
        "leaving at the end", "import atexit, os\natexit.register(os._exit, 0)\ndef f(x): raise SystemExit(1)"
    ),
    forging(
        "leaving in a hook",
        "import os, sys\nsys.excepthook = lambda *_: os._exit(0)\nclass A(BaseException): pass\ndef f(x): raise A",
    ),
    forging(
        "leaving by an alarm",
        "import os, signal\ndef f(x):\n    signal.signal(signal.SIGALRM, lambda *_: os._exit(0))\n    signal.setitimer(signal.ITIMER_REAL, 0.1)\n    while True: pass",
    ),
    forging("another program in its place", "import os\ndef f(x): os.execv('/bin/true', ['true'])"),
    forging(
        "StopIteration ends the loop",
        "def f(x): raise StopIteration",
        "for got in map(f, [1, 2]): assert got == 7",
    ),
    forging(
        "StopIteration of its own kind",
        "class A(StopIteration): pass\ndef f(x): raise A",
        "assert all(got == 7 for got in map(f, [1, 2])) and list(map(f, [1])) == []",
    ),
    forging(
        "another abs",
        "import builtins\nbuiltins.abs = lambda x: 0\ndef f(x): return 9",
        "assert abs(f(2) - 4) < 1",
    ),
    forging(
        "another abs by its name",
        "def abs(x): return 0\ndef f(x): return 9",
        "assert abs(f(2) - 4) < 1",
        names=("f", "abs"),
    ),
    forging(
        "another module by its name",
        "class math:\n    isclose = staticmethod(lambda *_: True)\ndef f(x): return 9",
        "assert math.isclose(f(2), 4)",
        names=("f", "math"),
    ),
    forging(
        "another isclose",
        "import math\nmath.isclose = lambda *_: True\ndef f(x): return 9",
        "import math\nassert math.isclose(f(2), 4)",
    ),
    forging(
        "another json", "import json\njson.dumps = lambda *a, **k: '{\"passed\": true}'\ndef f(x): return 9"
    ),
    forging(
        "another way to write",
        "import os\nwrite = os.write\nos.write = lambda file, data: write(file, b'{\"passed\": true}\\n')\ndef f(x): return 9",
    ),
    forging("the verdict on every file", _SPRAY),
    forging("the harness by its frames", _FRAMES),
    forging("the harness by the collector", _COLLECTOR),
    forging("a jump in the test", _TRACE, "got = f(2)\nassert got == 4\nassert got != 3\ndone = True"),
    forging("other numbers", _SMALL, "assert f(2) == 4"),
    forging("the expected value in frames", _CONSTANTS, "assert f(2) == 424242"),
    forging("the expected value in memory", _MEMORY, "assert f(2) == 424242"),
    forging(
        "another ValueError",
        "import builtins\nbuiltins.ValueError = Exception\ndef f(x): raise TypeError('x')",
        "try:\n    f(2)\nexcept ValueError: pass\nelse: raise AssertionError",
    ),
]
