"""Programs are one answer if they do the same: on the inputs of the tests and on others like them."""

import ast
import hashlib
import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from random import Random
from typing import Any

from lbt.grading.domains.code.examination import evaluate, lines_of
from lbt.grading.domains.code.gold import CodeGold, StdioTest, read_gold
from lbt.grading.domains.code.mutation import mutated, mutated_text
from lbt.grading.domains.code.syntax import parse
from lbt.grading.settings import CodeSettings

_LONGEST_INPUT = 4000
"""Characters of an input that programs are compared on."""
_MOST_OWN = 20
"""Inputs of the tests that programs are compared on."""
_ROUNDS = 20


@lru_cache(maxsize=4096)
def inputs(gold_text: str, wanted: int) -> tuple[str, ...]:
    """What programs for a problem are compared on: calls, or texts to read.

    Those of its tests, and `wanted` others that are made from these by small changes. They depend on nothing
    but the problem.
    """
    gold = read_gold(gold_text)
    seeds = list(dict.fromkeys(_inputs_of(gold)))
    own = seeds[:_MOST_OWN]
    made = dict.fromkeys(own)
    random = Random(hashlib.sha256(gold_text.encode("utf-8", "surrogatepass")).digest())
    for _ in range(wanted * _ROUNDS if seeds else 0):
        if len(made) >= len(own) + wanted:
            break
        changed = _changed(random.choice(seeds), gold, random)
        if len(changed) <= _LONGEST_INPUT:
            made.setdefault(changed)
    return tuple(made)


def behaviours(programs: Sequence[str], gold_text: str, settings: CodeSettings) -> dict[str, str | None]:
    """The class of each program: equal for those that give the same on all inputs.

    None for a program that cannot be loaded, or gives nothing on any input. Of exceptions all are the same.
    """
    gold, asked = read_gold(gold_text), inputs(gold_text, settings.vote_inputs)
    if not asked:
        return {program: _class_of([program]) for program in programs}
    classes: dict[str, str | None] = {}
    for program, examined in zip(
        programs, evaluate([(gold, program, asked) for program in programs], settings), strict=True
    ):
        values = [result.value for result in examined.results]
        if gold.kind == "stdio":
            values = [None if value is None else "\n".join(lines_of(value)) for value in values]
        nothing = examined.program_error is not None or all(value is None for value in values)
        classes[program] = None if nothing else _class_of(values)
    return classes


def _class_of(values: Sequence[str | None]) -> str:
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:16]


def _inputs_of(gold: CodeGold) -> Iterator[str]:
    for test in gold.tests:
        if isinstance(test, StdioTest):
            yield test.stdin
            continue
        tree = parse(test)
        for node in ast.walk(tree) if tree else ():
            if isinstance(node, ast.Call) and _asks(node, gold) and _arguments(node) is not None:
                text = ast.unparse(node)
                if len(text) <= _LONGEST_INPUT:
                    yield text


def _asks(call: ast.Call, gold: CodeGold) -> bool:
    """Whether a call is one of what the problem asks for."""
    if gold.kind == "solution":
        return isinstance(call.func, ast.Attribute) and call.func.attr == gold.entry_point
    return isinstance(call.func, ast.Name) and call.func.id == gold.entry_point


def _arguments(call: ast.Call) -> list[Any] | None:
    """The values of a call's arguments; None if they are not all plain."""
    try:
        return [ast.literal_eval(one) for one in [*call.args, *(word.value for word in call.keywords)]]
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _changed(text: str, gold: CodeGold, random: Random) -> str:
    """An input like another one."""
    if gold.kind == "stdio":
        return mutated_text(text, random)
    call = ast.parse(text, mode="eval").body
    assert isinstance(call, ast.Call)
    values = _arguments(call) or []
    if not values:
        return text
    place = random.randrange(len(values))
    values[place] = mutated(values[place], random)
    given = [repr(value) for value in values[: len(call.args)]]
    named = zip(call.keywords, values[len(call.args) :], strict=True)
    given += [f"{word.arg}={value!r}" for word, value in named]
    return f"{ast.unparse(call.func)}({', '.join(given)})"
