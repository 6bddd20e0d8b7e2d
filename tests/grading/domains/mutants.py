"""Wrong variants of right programs, and what tests say of them without any sandbox."""

import ast
import contextlib
import io
import resource
import signal
from collections.abc import Iterator
from itertools import islice
from random import Random
from types import FrameType

_OPERATORS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.And: ast.Or, ast.Or: ast.And, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_MEMORY = 2 << 30
_MOST = 9


def variants(program: str, entry_point: str) -> list[str]:
    """Programs made from one by a small change of its function each, in an order that depends on it alone.

    Operators are swapped, numbers are one off, a result is None; then the whole function gives nothing, a
    constant, a string, what it gives in a list, or nothing of its own.
    """
    changed = list(dict.fromkeys(islice(_mutants(program, entry_point), _MOST)))
    head = f"{program}\n\n\n_right = {entry_point}\n\n\ndef {entry_point}(*arguments, **named):\n"
    results = ("None", "'a constant'", "[_right(*arguments, **named), 1]", "-12345", "_no_such_name")
    return changed + [f"{head}    return {result}\n" for result in results]


def natively(job: tuple[str, str, float]) -> str:
    """What tests say of a program, which is known to be harmless, without a sandbox: right, wrong or late."""
    program, tests, seconds = job
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    signal.signal(signal.SIGALRM, _too_late)
    try:
        return _judged(program, tests, seconds)
    except _Late:  # where the time was up on the way out
        return "late"


def _judged(program: str, tests: str, seconds: float) -> str:
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            names: dict[str, object] = {"__name__": "program"}
            exec(program, names)
            exec(tests, names)
    except _Late:
        return "late"
    except BaseException:
        return "wrong"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return "right"


def _too_late(number: int, frame: FrameType | None) -> None:
    raise _Late


class _Late(BaseException):
    pass


def _mutants(program: str, entry_point: str) -> Iterator[str]:
    places = list(range(sum(1 for _ in _nodes(ast.parse(program), entry_point))))
    Random(program).shuffle(places)
    for place in places:
        tree = ast.parse(program)
        if _change(list(_nodes(tree, entry_point))[place]):
            yield ast.unparse(tree)


def _nodes(tree: ast.Module, entry_point: str) -> Iterator[ast.AST]:
    """Those of the function itself: the tests may use others of the program."""
    for node in tree.body:
        if getattr(node, "name", None) == entry_point:
            yield from ast.walk(node)


def _change(node: ast.AST) -> bool:
    for name in ("op", "ops"):
        found = getattr(node, name, None)
        if isinstance(found, list) and type(found[0]) in _OPERATORS:
            found[0] = _OPERATORS[type(found[0])]()
            return True
        if isinstance(found, ast.AST) and type(found) in _OPERATORS and not isinstance(node, ast.AugAssign):
            setattr(node, name, _OPERATORS[type(found)]())
            return True
    if isinstance(node, ast.Constant) and type(node.value) is int:
        node.value += 1
        return True
    if isinstance(node, ast.Return) and node.value is not None:
        node.value = ast.Constant(None)
        return True
    return False
