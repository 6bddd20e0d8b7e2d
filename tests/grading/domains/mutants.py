"""Wrong variants of right programs."""

import ast
from collections.abc import Iterator
from random import Random

_OPERATORS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.And: ast.Or, ast.Or: ast.And, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip


def variants(program: str, entry_point: str, wanted: int) -> list[str]:
    """So many different programs that are made from one by a small change each.

    The first ones give nothing, a constant, and what the program gives in a wrong form; then operators are
    swapped and numbers are one off, in an order that depends on the program alone.
    """
    made = [
        f"{program}\n\n\ndef {entry_point}(*arguments, **named):\n    return None\n",
        f"{program}\n\n\ndef {entry_point}(*arguments, **named):\n    return 'a constant'\n",
        f"{program}\n\n\n_right = {entry_point}\n\n\ndef {entry_point}(*arguments, **named):\n"
        "    return [_right(*arguments, **named), 1]\n",
    ]
    changed = list(dict.fromkeys(_mutants(program)))
    Random(program).shuffle(changed)
    return [*changed[: max(wanted - 1, 0)], *made][:wanted] if changed else made[:wanted]


def _mutants(program: str) -> Iterator[str]:
    count = sum(1 for _ in ast.walk(ast.parse(program)))
    for place in range(count):
        tree = ast.parse(program)
        node = list(ast.walk(tree))[place]
        if _change(node):
            yield ast.unparse(tree)


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
