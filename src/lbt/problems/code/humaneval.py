"""HumanEval, as its authors publish it (github.com/openai/human-eval)."""

import ast
from collections.abc import Iterator, Sequence
from typing import ClassVar

from lbt.grading.domains.code import CodeGold
from lbt.grading.domains.code.syntax import bound, free, parse, used
from lbt.problems.code.examples import stated_examples
from lbt.problems.code.row import CodeRow, Program, ProgramOrNone, checked, divided
from lbt.problems.rows import Place, Posed, Reference, Unusable
from lbt.problems.settings import CodeProblemSettings
from lbt.problems.shapes import Words

_TESTING = (ast.Assert, ast.Raise)


class HumanEvalRow(CodeRow):
    """A function's beginning with its docstring, and a function `check(candidate)` that tests it."""

    task_id: Words
    prompt: Program
    entry_point: Words
    test: Program
    canonical_solution: ProgramOrNone = None

    known: ClassVar[frozenset[str]] = frozenset(
        {
            "task_id",
            "prompt",
            "entry_point",
            "test",
            "canonical_solution",
            "family",
            "role",
            "level",
            "subject",
        }
    )

    def worked_out(self, place: Place, role: str | None) -> dict[str, str | None]:
        """The id."""
        return {"id": self.task_id}

    def posed(self, settings: CodeProblemSettings) -> Posed:
        """The prompt, and the asserts of `check`, each a test of its own where that is sound."""
        setup, tests = split_check(self.test, self.entry_point)
        setup = f"{helpers_of(self.prompt, self.entry_point, [setup, *tests])}{setup}".strip()
        examples = stated_examples(self.prompt, self.entry_point)
        visible, hidden = divided(settings, examples, tests, examples)
        gold = CodeGold(
            entry_point=self.entry_point, prompt=self.prompt, setup=setup, visible=visible, hidden=hidden
        )
        reference = None
        if self.canonical_solution is not None:
            lenient = settings.visible in ("as_given", "in_prompt")
            reference = Reference(self.prompt + self.canonical_solution, "canonical_solution", lenient)
        return Posed(self.prompt.strip(), checked(gold, "test"), reference)


def split_check(text: str, entry_point: str) -> tuple[str, list[str]]:
    """The setup and the tests of a `check(candidate)`.

    Each assert, or loop with asserts, of the function becomes a test, with the assignments and imports before
    it; if one depends on another, the whole function is one test. Raises Unusable if there is no `check`.
    """
    tree = parse(text)
    if tree is None:
        raise Unusable("test", "is not Python")
    check = next(
        (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "check"), None
    )
    if check is None or len(check.args.args) != 1:
        raise Unusable("test", "has no function check(candidate)")
    others = [node for node in tree.body if node is not check and not _is_plain_constant(node)]
    setup = "\n".join(ast.unparse(node) for node in others if not _calls_check(node))
    body = [node for node in check.body if not _says_nothing(node)]
    if not any(_tests(node) for node in body):
        raise Unusable("test", "has a check(candidate) that asserts nothing")
    parts = list(_parts(body))
    if _apart(parts):
        name = check.args.args[0].arg
        tests = [_renamed([*before, node], name, entry_point) for before, node in parts]
        return setup, tests
    whole = f"{ast.unparse(check)}\ncheck({entry_point})"
    return setup, [whole]


def helpers_of(prompt: str, entry_point: str, texts: Sequence[str]) -> str:
    """The functions of a prompt that its tests use, with the prompt's imports: not the program's own ones."""
    tree = parse(prompt)
    before = [node for node in tree.body if getattr(node, "name", None) != entry_point] if tree else []
    names = bound(before) & set().union(*(free(text) for text in texts))
    return "\n".join(ast.unparse(node) for node in before) + "\n" if names else ""


def _parts(body: Sequence[ast.stmt]) -> Iterator[tuple[list[ast.stmt], ast.stmt]]:
    """Each statement that tests, with those before it that do not."""
    before: list[ast.stmt] = []
    for node in body:
        if _tests(node):
            yield list(before), node
        else:
            before.append(node)


def _apart(parts: Sequence[tuple[list[ast.stmt], ast.stmt]]) -> bool:
    """Whether no test needs what another one binds, and none leaves the function."""
    for number, (_, node) in enumerate(parts):
        if any(isinstance(inner, ast.Return | ast.Global | ast.Nonlocal) for inner in ast.walk(node)):
            return False
        own = bound([node])
        if any(own & (used([later]) - bound([later])) for _, later in parts[number + 1 :]):
            return False
    return True


def _renamed(nodes: Sequence[ast.stmt], name: str, entry_point: str) -> str:
    text = "\n".join(ast.unparse(node) for node in nodes)
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == name:
            node.id = entry_point
    return ast.unparse(tree)


def _tests(node: ast.stmt) -> bool:
    return any(isinstance(inner, _TESTING) for inner in ast.walk(node))


def _says_nothing(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assert):  # assert True, "a message for whoever reads it"
        return isinstance(node.test, ast.Constant) and bool(node.test.value)
    return isinstance(node, ast.Pass) or (
        isinstance(node, ast.Expr) and (isinstance(node.value, ast.Constant) or _is_print(node.value))
    )


def _is_print(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"


def _is_plain_constant(node: ast.stmt) -> bool:
    """METADATA = {...}, which no test needs."""
    return isinstance(node, ast.Assign) and [getattr(one, "id", "") for one in node.targets] == ["METADATA"]


def _calls_check(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and "check" in used([node])
