"""MBPP and its sanitized part, as their authors publish them (github.com/google-research/google-research)."""

import sys
from typing import Any, ClassVar

from pydantic import AliasChoices, Field, field_validator

from lbt.grading.domains.code import CodeGold
from lbt.grading.domains.code.syntax import bound, free, imported, parse, used
from lbt.problems.code.examples import stated_examples
from lbt.problems.code.row import CodeRow, Program, ProgramOrNone, Programs, checked, divided
from lbt.problems.rows import Number, Place, Posed, Reference, Unusable
from lbt.problems.settings import CodeProblemSettings
from lbt.problems.shapes import Text, Words


class MbppRow(CodeRow):
    """A task in words, a solution, and asserts."""

    task_id: Text
    text: Words = Field(validation_alias=AliasChoices("text", "prompt"))
    code: ProgramOrNone = None
    test_list: Programs
    challenge_test_list: Programs = ()
    test_setup_code: Program = ""
    test_imports: Programs = ()

    known: ClassVar[frozenset[str]] = frozenset(
        {"task_id", "text", "prompt", "code", "test_list", "challenge_test_list", "test_setup_code"}
        | {"test_imports", "source_file", "family", "role", "level", "subject"}
    )

    @field_validator("task_id", mode="before")
    @classmethod
    def _number(cls, value: Any) -> Any:
        return f"Mbpp/{value}" if isinstance(value, Number) else value

    def worked_out(self, place: Place, role: str | None) -> dict[str, str | None]:
        """The id."""
        return {"id": self.task_id}

    def posed(self, settings: CodeProblemSettings) -> Posed:
        """The task with its visible tests, without which nobody knows what the function is called."""
        tests = [test.strip() for test in (*self.test_list, *self.challenge_test_list) if test.strip()]
        name = self._entry_point(tests)
        shown = [test.strip() for test in self.test_list]
        visible, hidden = divided(settings, shown, tests, stated_examples(self.text, name))
        gold = CodeGold(entry_point=name, setup=self._setup(tests), visible=visible, hidden=hidden)
        reference = None if self.code is None else Reference(self.code, "code")
        listed = "\n".join(str(test) for test in visible)
        asked = (
            f"Your code should pass these tests:\n\n{listed}" if visible else f"Name the function `{name}`."
        )
        return Posed(f"{self.text}\n\n{asked}", checked(gold, "test_list"), reference)

    def _entry_point(self, tests: list[str]) -> str:
        """The name that the tests use and the solution defines."""
        for test in tests:
            if parse(test) is None:
                raise Unusable("test_list", f"has a test that is not Python: {test[:60]!r}")
        wanted = [free(test) for test in tests]
        setup = parse(self.test_setup_code)
        names = set().union(*wanted) - (bound(setup.body) if setup else set())
        own = parse(self.code) if self.code else None
        order = [node.name for node in own.body if hasattr(node, "name")] if own else []
        # A function may be called as one of Python's own is, such as sum.
        called = [name for name in order if all(name in _used(test) for test in tests)]
        found = called[-1:] or [name for name in order if name in names] or sorted(names)
        if not found:
            raise Unusable("test_list", "calls no function")
        return found[0]

    def _setup(self, tests: list[str]) -> str:
        """The setup, with the standard modules that tests use and only the solution imports."""
        texts = [*self.test_imports, self.test_setup_code]
        there = set().union(*(imported(text) for text in texts))
        wanted = set().union(*(free(test) for test in tests))
        modules = sorted((wanted & imported(self.code or "") & set(sys.stdlib_module_names)) - there)
        return "\n".join([*(f"import {name}" for name in modules), *texts]).strip()


def _used(test: str) -> set[str]:
    tree = parse(test)
    return used(tree.body) if tree else set()
