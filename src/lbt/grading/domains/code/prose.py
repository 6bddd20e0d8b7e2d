"""Programs that stand in a text without a fence."""

import ast

from lbt.grading.domains.code.gold import CodeGold
from lbt.grading.domains.code.syntax import longest_part, parse

_STARTS = ("import ", "from ", "def ", "class ", "async def ", "@")
_TRIES = 25


def is_program(text: str, gold: CodeGold) -> bool:
    """Whether a text is Python that does something, or defines what is asked for."""
    tree = parse(text)
    if tree is None:
        return False
    if gold.kind == "stdio":
        return any(isinstance(node, ast.Call) for node in ast.walk(tree))
    return _defines(tree, gold)


def bare_program(text: str, gold: CodeGold) -> str | None:
    """The longest part of whole lines that is a program, from the first line that may begin one."""
    if is_program(text, gold) and _does(text):
        return text
    lines = text.split("\n")
    starts = [number for number, line in enumerate(lines) if line.startswith(_STARTS)]
    for start in starts[:_TRIES]:
        part = longest_part(lines[start:], lambda source: is_program(source, gold) and _does(source))
        if part is not None:
            return part
    return None


def _does(source: str) -> bool:
    """Whether all statements do something: "Done" and "Note: it works" are Python too."""
    tree = parse(source)
    return tree is not None and not any(
        (isinstance(node, ast.Expr) and not isinstance(node.value, ast.Call | ast.Constant))
        or (isinstance(node, ast.AnnAssign) and node.value is None)
        for node in tree.body
    )


def _defines(tree: ast.Module, gold: CodeGold) -> bool:
    wanted = gold.defined_name
    return any(getattr(node, "name", None) == wanted for node in tree.body) or (
        gold.kind == "function"
        and any(
            isinstance(target, ast.Name) and target.id == wanted
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
        )
    )
