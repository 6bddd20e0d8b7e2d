"""What can be said of Python source without running it."""

import ast
import builtins
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

LONGEST_PROGRAM = 200_000
"""Characters of a program that is looked at; a model's answer never has as many."""

_TRIES = 50
_BUILTINS = frozenset(dir(builtins)) | {"__name__", "__file__"}
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@lru_cache(maxsize=512)
def parse(source: str) -> ast.Module | None:
    """The syntax tree, which nobody may change; None for what is no Python."""
    if len(source) > LONGEST_PROGRAM:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about escapes in strings, which are the author's matter
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return None if any(_leaves_no_function(node) for node in tree.body) else tree


def fault_line(source: str) -> int | None:
    """The line at which a source stops being Python, from 1; None if it is Python, or cannot be looked at."""
    if len(source) > LONGEST_PROGRAM:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source)
    except SyntaxError as error:
        return error.lineno or 1
    except (ValueError, RecursionError, MemoryError):
        return None
    return None


def longest_part(lines: Sequence[str], accepted: Callable[[str], bool]) -> str | None:
    """The first lines, as many as are whole statements, if they are accepted; fewer of them else."""
    end = len(lines)
    for _ in range(_TRIES):
        part = "\n".join(lines[:end]).rstrip()
        if parse(part) is not None and accepted(part):
            return part
        last = min(fault_line(part) or end, end) - 1
        # A statement ends before a line that is not indented.
        end = next((number for number in range(last, 0, -1) if _begins(lines[number])), 0)
        if not end:
            return None
    return None


def _begins(line: str) -> bool:
    return bool(line[:1].strip()) and line[0] not in ")]}"


def defined(source: str) -> frozenset[str]:
    """The functions and classes that a program has at its top level."""
    tree = parse(source)
    return (
        frozenset(node.name for node in tree.body if isinstance(node, _DEFINITIONS)) if tree else frozenset()
    )


def bound(nodes: Iterable[ast.AST]) -> set[str]:
    """All names that some statements bind, wherever in them."""
    names: set[str] = set()
    for node in walk(nodes):
        if isinstance(node, _DEFINITIONS):
            names.add(node.name)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).split(".")[0])
        elif isinstance(node, ast.ExceptHandler) and node.name:
            names.add(node.name)
    return names


def used(nodes: Iterable[ast.AST]) -> set[str]:
    """The names that some statements read."""
    return {node.id for node in walk(nodes) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def free(source: str) -> set[str]:
    """The names that some source needs from elsewhere; none for what is no Python."""
    tree = parse(source)
    return used(tree.body) - bound(tree.body) - _BUILTINS if tree else set()


def imported(source: str) -> set[str]:
    """The packages that some source imports."""
    tree = parse(source)
    names: set[str] = set()
    for node in walk(tree.body if tree else ()):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def walk(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """All nodes of some trees."""
    for node in nodes:
        yield from ast.walk(node)


def _leaves_no_function(node: ast.AST) -> bool:
    """Whether a statement outside functions returns or yields, which only the compiler refuses."""
    if isinstance(node, ast.Return | ast.Yield | ast.YieldFrom | ast.Await):
        return True
    if isinstance(node, _SCOPES) and not isinstance(node, ast.ClassDef):
        return False
    return any(_leaves_no_function(child) for child in ast.iter_child_nodes(node))
