"""Code problems of our own: a function, a method of `class Solution`, or a whole program, with its tests."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator

from lbt.grading.domains.code import CodeGold, StdioTest
from lbt.grading.domains.code.gold import Kind
from lbt.problems.code.examples import stated_examples
from lbt.problems.code.row import CodeRow, CodeTest, Program, ProgramOrNone, checked, divided, plain
from lbt.problems.rows import Posed, Reference, Unusable, kind_of
from lbt.problems.settings import CodeProblemSettings
from lbt.problems.shapes import Words, WordsOrNone

_KINDS = ("function", "solution", "stdio")


def _kind(value: Any) -> Any:
    if value is not None and value not in _KINDS:
        raise ValueError(f"is {str(value)[:40]!r}; it may be {', '.join(_KINDS)}")
    return value


def _tests(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"must be a list of tests, not {kind_of(value)}")
    return [plain(one) for one in value]


def _order(value: Any) -> int:
    depth = plain(value)
    if depth not in (False, True, 0, 1, 2):
        raise ValueError("may be false, true, or 2 for lists whose members' order is free too")
    return int(depth)


def _tolerance(value: Any) -> float | None:
    number = plain(value)
    if number is None:
        return None
    if isinstance(number, bool) or not isinstance(number, int | float) or number < 0:
        raise ValueError("must be a number, 0 or more")
    return float(number)


class CodeJsonlRow(CodeRow):
    """A row of docs/code_problems.md."""

    question: Words
    tests: Annotated[list[Any], BeforeValidator(_tests)]
    kind: Annotated[Kind | None, BeforeValidator(_kind)] = None
    entry_point: WordsOrNone = None
    starter: Program = ""
    setup: Program = ""
    solution: ProgramOrNone = None
    any_order: Annotated[int, BeforeValidator(_order)] = 0
    tolerance: Annotated[float | None, BeforeValidator(_tolerance)] = None

    known: ClassVar[frozenset[str]] = frozenset(
        {"question", "tests", "kind", "entry_point", "starter", "setup", "solution", "any_order", "tolerance"}
        | {"id", "family", "role", "level", "subject"}
    )
    family_expected: ClassVar[bool] = True

    def posed(self, settings: CodeProblemSettings) -> Posed:
        """The question with the starter code, and the tests."""
        kind = self.kind or self._kind_of_tests()
        if kind != "stdio" and not self.entry_point:
            raise Unusable("entry_point", "is missing; name the function or method that is asked for")
        tests = [self._test(number, test, kind) for number, test in enumerate(self.tests, start=1)]
        shown = [test for test, given in zip(tests, self.tests, strict=True) if _is_visible(given)]
        examples = stated_examples(self.question, self.entry_point or "") if kind == "function" else []
        visible, hidden = divided(settings, shown, tests, examples)
        gold = CodeGold(
            kind=kind,
            entry_point=self.entry_point or "",
            prompt=self.starter,
            setup=self.setup,
            visible=visible,
            hidden=hidden,
        )
        starter = f"\n\n```python\n{self.starter.strip()}\n```" if self.starter.strip() else ""
        lenient = settings.visible == "in_prompt"
        reference = None if self.solution is None else Reference(self.solution, "solution", lenient)
        return Posed(f"{self.question}{starter}", checked(gold, "tests"), reference)

    def _kind_of_tests(self) -> Kind:
        if any(isinstance(test, dict) and "stdin" in test for test in self.tests):
            return "stdio"
        return "solution" if "class Solution" in self.starter + (self.solution or "") else "function"

    def _test(self, number: int, test: Any, kind: Literal["function", "solution", "stdio"]) -> CodeTest:
        where = f"number {number}"
        if kind == "stdio":
            if not isinstance(test, dict) or not all(
                isinstance(test.get(n), str) for n in ("stdin", "stdout")
            ):
                raise Unusable("tests", f"has no texts stdin and stdout in {where}")
            return StdioTest(stdin=test["stdin"], stdout=test["stdout"])
        if isinstance(test, str):
            return test.strip()
        if isinstance(test, dict) and isinstance(test.get("assert"), str):
            return str(test["assert"]).strip()
        if not isinstance(test, dict) or "arguments" not in test or "expected" not in test:
            raise Unusable("tests", f"has no arguments and expected in {where}")
        return self._assert(_written(test["arguments"], where), test["expected"], kind)

    def _assert(self, arguments: str, expected: Any, kind: Kind) -> str:
        called = "Solution()." * (kind == "solution") + f"{self.entry_point}({arguments})"
        if self.tolerance is not None:
            return f"assert nearly_equal({called}, {expected!r}, {self.tolerance!r})"
        if self.any_order:
            depth = f", {self.any_order}" if self.any_order > 1 else ""
            return f"assert equal_in_any_order({called}, {expected!r}{depth})"
        return f"assert {called} == {expected!r}"


def _written(arguments: Any, where: str) -> str:
    if isinstance(arguments, list):
        return ", ".join(repr(value) for value in arguments)
    if isinstance(arguments, dict) and all(name.isidentifier() for name in arguments):
        return ", ".join(f"{name}={value!r}" for name, value in arguments.items())
    raise Unusable("tests", f"has arguments that are neither a list nor an object with names in {where}")


def _is_visible(test: Any) -> bool:
    return isinstance(test, dict) and test.get("visible") is True
