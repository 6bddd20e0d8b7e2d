"""The examples that a question states, as tests."""

import ast
import re
from collections.abc import Iterator

from lbt.grading.domains.code.syntax import free, parse, used

_PROMPT = re.compile(r"^\s*>>>\s?(.*)$")
_MORE = re.compile(r"^\s*\.\.\.\s?(.*)$")
_ARROW = re.compile(r"\s*(?:==|=>|->|➞|→|⇒|➔|returns?|should (?:return|be|equal))\s*", re.IGNORECASE)


def stated_examples(text: str, entry_point: str) -> list[str]:
    """Asserts for the examples in a text: `>>> f(1)` with its result below, `f(1) ➞ 2`, `assert f(1) == 2`.

    An example is taken only if it calls the function with plain values and its result is one.
    """
    found = [*_interactive(text), *_in_lines(text, entry_point)]
    return list(dict.fromkeys(test for test in found if _is_about(test, entry_point)))


def _interactive(text: str) -> Iterator[str]:
    lines = text.split("\n")
    for number, line in enumerate(lines):
        prompt = _PROMPT.match(line)
        if prompt is None:
            continue
        source, rest = prompt[1], lines[number + 1 :]
        while rest and (more := _MORE.match(rest[0])):
            source, rest = f"{source}\n{more[1]}", rest[1:]
        wanted = []
        for after in rest:
            if not after.strip() or _PROMPT.match(after) or after.strip() in ('"""', "'''"):
                break
            wanted.append(after.strip().removesuffix('"""').removesuffix("'''"))
            test = _compared(source, "\n".join(wanted))
            if test is not None:
                yield test
                break


def _in_lines(text: str, entry_point: str) -> Iterator[str]:
    for line in text.split("\n"):
        line = line.strip()
        if line.startswith("assert ") and parse(line) is not None:
            yield line
            continue
        place = line.find(f"{entry_point}(")
        for arrow in _ARROW.finditer(line, max(place, 0)) if place >= 0 else ():
            test = _compared(line[place : arrow.start()], line[arrow.end() :].strip(" .;`*"))
            if test is not None:
                yield test
                break


def _compared(call: str, result: str) -> str | None:
    """The assert, if the call is an expression and the result a plain value."""
    try:
        left = ast.unparse(ast.parse(call.strip(), mode="eval"))
        right = ast.unparse(ast.parse(result.strip(), mode="eval"))
        ast.literal_eval(right)
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError):
        return None
    return f"assert {left} == {right}"


def _is_about(test: str, entry_point: str) -> bool:
    """Whether a test calls the function, and needs nothing that is not there."""
    tree = parse(test)
    return tree is not None and entry_point in used(tree.body) and free(test) <= {entry_point}
