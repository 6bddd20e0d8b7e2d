"""Bounds that keep the code readable: what a function takes, and how long a module is."""

import ast
from collections.abc import Iterator
from pathlib import Path

import lbt

PACKAGE = Path(lbt.__file__).parent
KEDRO_SIDE = {"pipelines", "hooks", "datasets", "cli.py", "commands", "settings.py"}
"""A node takes all that it reads; hooks have the parameters that Kedro gives them."""
MOST_PARAMETERS = 6
MOST_LINES = 400

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.AST, owner: str = "") -> Iterator[tuple[str, Function, bool]]:
    """Each function with its name, and whether its first parameter is the object or class itself."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Function):
            static = any(
                isinstance(mark, ast.Name) and mark.id == "staticmethod" for mark in node.decorator_list
            )
            yield f"{owner}{node.name}", node, isinstance(tree, ast.ClassDef) and not static
        name = getattr(node, "name", "")
        yield from functions(node, f"{owner}{name}." if name else owner)


def test_no_function_of_the_domain_takes_more_than_six_parameters() -> None:
    too_many = []
    for file in sorted(PACKAGE.rglob("*.py")):
        place = file.relative_to(PACKAGE)
        if place.parts[0] in KEDRO_SIDE:
            continue
        for name, function, bound in functions(ast.parse(file.read_text(encoding="utf-8"))):
            taken = function.args.posonlyargs + function.args.args + function.args.kwonlyargs
            if len(taken) - bound > MOST_PARAMETERS:
                too_many.append(f"{place}: {name} takes {len(taken) - bound}")
    assert not too_many


def test_no_module_is_longer_than_a_person_reads_at_once() -> None:
    sizes = {
        str(file.relative_to(PACKAGE)): len(file.read_text(encoding="utf-8").splitlines())
        for file in PACKAGE.rglob("*.py")
    }
    assert not {name: size for name, size in sizes.items() if size > MOST_LINES}
