"""HumanEval and MBPP as jobs for the sandbox."""

import ast
import json
import re
from collections.abc import Callable
from pathlib import Path

from tests.real_data import DATA

from lbt.sandbox.programs import Examination, Test

Change = Callable[[str], str]
"""A text that is put after a program to make it wrong, from the tested function's name."""

WRONG: dict[str, Change] = {
    "equal to all": lambda name: (
        f"class _A(int):\n    __eq__ = lambda *_: True\n    __ne__ = lambda *_: False\n    __hash__ = None\n"
        f"def {name}(*_, **__): return _A(77777)"
    ),
    "leaving": lambda name: f"import os\ndef {name}(*_, **__): os._exit(0)",
}


def _rows(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]


def human_eval(change: Change | None = None, file: Path = DATA / "humaneval.jsonl") -> list[Examination]:
    """Each problem's own solution. What its prompt defines besides is the tests', and cannot be replaced."""
    jobs = []
    for row in _rows(file):
        name, prompt = str(row["entry_point"]), str(row["prompt"])
        program = prompt + str(row["canonical_solution"])
        ending = f"\n{change(name)}\n" if change else ""
        test = Test(f"{row['test']}\ncheck({name})")
        jobs.append(Examination(program + ending, (test,), setup=helpers_of(prompt, name), names=(name,)))
    return jobs


def helpers_of(prompt: str, name: str) -> str:
    """The imports and other functions of a prompt."""
    tree = ast.parse(prompt)
    return "\n".join(ast.unparse(node) for node in tree.body if getattr(node, "name", "") != name)


def mbpp(change: Change) -> list[Examination]:
    """Each problem's own code, made wrong. The functions and classes that it names are what its tests use."""
    jobs = []
    for row in _rows(DATA / "mbpp.jsonl"):
        program = str(row["code"]).replace("\r\n", "\n")
        own = re.findall(r"^(?:def|class) (\w+)", program, re.MULTILINE)
        tests = [*row["test_list"], *row.get("challenge_test_list", [])]  # type: ignore[misc]
        name = next(each for each in own if re.search(rf"\b{each}\b", tests[0]))
        setup, ending = str(row["test_setup_code"]), f"\n{change(name)}\n"
        items = tuple(Test(test) for test in tests)
        names = (name, *(each for each in own if each != name))
        jobs.append(Examination(program + ending, items, setup.replace("\r\n", "\n"), names))
    return jobs
