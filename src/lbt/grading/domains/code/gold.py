"""The gold answer of a code problem: its tests, as a JSON object."""

import json
import sys
from functools import lru_cache
from typing import Any, Literal

from pydantic import ValidationError

from lbt.configuration import Settings
from lbt.errors import DataError
from lbt.grading.domains.code.syntax import (
    LONGEST_PROGRAM,
    bound,
    free,
    imported,
    parse,
    used,
)

Kind = Literal["function", "solution", "stdio"]


class StdioTest(Settings):
    """What a whole program reads, and what it must write."""

    stdin: str
    stdout: str


class CodeGold(Settings):
    """What a program must do.

    Args:
        kind: function: asserts about a function (or class); solution: asserts about a method of
            `class Solution`; stdio: a whole program.
        entry_point: The function, class or method that is asked for.
        prompt: The beginning of the program, which a bare continuation continues; of a solution its
            `class Solution` with the method's signature, by which lists become linked lists or trees.
        setup: Imports and helpers of the tests, which run where the program cannot reach them.
        visible: The tests that whoever writes the program may see.
        hidden: The others.
    """

    kind: Kind = "function"
    entry_point: str = ""
    prompt: str = ""
    setup: str = ""
    visible: tuple[str | StdioTest, ...] = ()
    hidden: tuple[str | StdioTest, ...] = ()

    @property
    def tests(self) -> tuple[str | StdioTest, ...]:
        """All tests, the visible ones first."""
        return self.visible + self.hidden

    @property
    def defined_name(self) -> str:
        """What a program has to define at its top level; empty for a whole program."""
        return "Solution" if self.kind == "solution" else self.entry_point

    @property
    def definition(self) -> str:
        """How the line begins that defines it."""
        return f"{'class' if self.kind == 'solution' else 'def'} {self.defined_name}"

    def names(self) -> tuple[str, ...]:
        """What the program must define for the tests, and for their setup."""
        if self.kind != "function":
            return ()
        texts = [test for test in self.tests if isinstance(test, str)]
        own = _bound_by(self.setup)
        wanted = free(self.setup).union(*(free(test) for test in texts)) - own
        return tuple(sorted(wanted | {self.entry_point}))

    def dumped(self) -> str:
        """As the table `problems` holds it; equal problems have equal texts."""
        content = self.model_dump(exclude_defaults=True)
        return json.dumps({"kind": self.kind} | content, ensure_ascii=False)


@lru_cache(maxsize=1024)
def read_gold(text: str) -> CodeGold:
    """The gold answer that a text holds.

    Raises:
        DataError: It holds none, in words that go on "field 'answer' …".
    """
    try:
        content = json.loads(text)
        gold = CodeGold.model_validate(content) if isinstance(content, dict) else None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise DataError(f"is not a code problem: {where}: {first['msg']}") from error
    except (ValueError, RecursionError) as error:
        raise DataError(f"is {text[:40]!r}, which is not a code problem, a JSON object with tests") from error
    if gold is None:
        raise DataError(f"is {text[:40]!r}, which is not a code problem, a JSON object with tests")
    return gold


def gold_fault(gold: CodeGold) -> str | None:
    """What is wrong with a gold answer, in words that go on "field 'answer' …"; None if nothing."""
    if not gold.tests:
        return "has no tests"
    if gold.kind == "stdio":
        if any(isinstance(test, str) for test in gold.tests):
            return "has a test without stdin and stdout, which tests of a whole program consist of"
        return None
    return _fault_of_asserts(gold)


def _fault_of_asserts(gold: CodeGold) -> str | None:
    if not gold.entry_point.isidentifier():
        return f"has the entry point {gold.entry_point[:40]!r}, which is not the name of a function"
    for name, text in (("setup", gold.setup), ("prompt", gold.prompt)):
        if len(text) > LONGEST_PROGRAM:
            return f"has a {name} of {len(text):,} characters, but may have at most {LONGEST_PROGRAM:,}"
    if parse(gold.setup) is None:
        return "has a setup that is not Python"
    calls = False
    for test in gold.tests:
        tree = parse(test) if isinstance(test, str) else None
        if tree is None or not tree.body:
            return f"has a test that is not Python: {_shown(test)}"
        calls = calls or _mentions(tree.body, gold)
    if not calls:
        return f"has the entry point {gold.entry_point!r}, which no test calls"
    return _fault_of_packages([gold.setup, *(test for test in gold.tests if isinstance(test, str))])


def _mentions(nodes: list[Any], gold: CodeGold) -> bool:
    return gold.defined_name in used(nodes)


def _fault_of_packages(texts: list[str]) -> str | None:
    for package in sorted(set().union(*(imported(text) for text in texts))):
        if package not in sys.stdlib_module_names:
            return (
                f"has tests that import {package!r}, a package that is not available: programs and their "
                "tests have Python's standard library only"
            )
    return None


def _shown(test: str | StdioTest) -> str:
    return repr(test if isinstance(test, str) else test.model_dump_json())[:80]


@lru_cache(maxsize=1024)
def _bound_by(setup: str) -> frozenset[str]:
    tree = parse(setup)
    return frozenset(bound(tree.body)) if tree else frozenset()
