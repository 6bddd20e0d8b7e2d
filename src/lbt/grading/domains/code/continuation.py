"""Programs whose beginning is the prompt's."""

import ast
from functools import lru_cache

from lbt.grading.domains.code.gold import CodeGold
from lbt.grading.domains.code.syntax import bound, longest_part, parse

_AFTER = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Import,
    ast.ImportFrom,
    ast.Assign,
    ast.AnnAssign,
)
"""What may follow the function that a continuation ends: not the words of an explanation, nor calls."""
_DOING: tuple[type[ast.AST], ...] = (
    *(ast.Return, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Raise, ast.If, ast.For, ast.While, ast.With),
    *(ast.Try, ast.Call, ast.Yield, ast.Pass, ast.Assert),
)


def continued(text: str, gold: CodeGold) -> str | None:
    """The prompt with a text that goes on from where it stops; None if the text does not.

    What follows the function, such as tests of it or an explanation, is left out, but not helpers.
    """
    if not gold.prompt.strip() or any(line.startswith(gold.definition) for line in text.split("\n")):
        return None
    body = text.lstrip("\n")
    if body[:1] not in (" ", "\t"):  # the spaces at its start were lost
        body = _indentation(gold) + body
    return _longest(gold.prompt, body, gold) if body.strip() else None


def _indentation(gold: CodeGold) -> str:
    """How far the body of the prompt's function is indented: as the prompt's last lines are, or 4 spaces."""
    last = next((line for line in reversed(gold.prompt.split("\n")) if line.strip()), "")
    own = last[: len(last) - len(last.lstrip())]
    return own + "    " if last.rstrip().endswith(":") else own or "    "


def _longest(prompt: str, text: str, gold: CodeGold) -> str | None:
    """The prompt and as many whole statements of the text as go with it."""
    beginning = prompt if prompt.endswith("\n") else f"{prompt}\n"
    lines = (beginning + text).split("\n")
    return longest_part(lines, lambda program: _goes_on(program, beginning.count("\n"), gold))


def _goes_on(program: str, prompt_lines: int, gold: CodeGold) -> bool:
    """Whether the function does something beyond the prompt, with nothing but definitions after it."""
    tree = parse(program)
    body = tree.body if tree else []
    place = next((n for n, node in enumerate(body) if getattr(node, "name", None) == gold.defined_name), None)
    if place is None or not all(isinstance(node, _AFTER) for node in body[place + 1 :]):
        return False
    return any(
        isinstance(node, _DOING) and getattr(node, "end_lineno", 0) > prompt_lines
        for node in ast.walk(body[place])
    )


def with_beginning(program: str, gold: CodeGold) -> str:
    """A program with the imports and helpers of its prompt, where it does without them."""
    beginning = preamble(gold.prompt, gold.entry_point)
    tree, own = parse(beginning), parse(program)
    if gold.kind != "function" or not beginning.strip() or tree is None or own is None:
        return program
    missing = bound(tree.body) - bound(own.body)
    if not missing or any(
        isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in own.body
    ):
        return program
    return f"{beginning}\n\n{program}"


@lru_cache(maxsize=1024)
def preamble(prompt: str, entry_point: str) -> str:
    """What stands in a prompt before the function that is asked for."""
    lines = prompt.split("\n")
    for number, line in enumerate(lines):
        if line.startswith((f"def {entry_point}(", f"def {entry_point} (", f"async def {entry_point}(")):
            return "\n".join(lines[:number]).strip()
    return ""
