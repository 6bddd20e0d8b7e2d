"""What programs give, as Python writes it: to make tests of calls."""

import ast
import re
from collections.abc import Sequence

from lbt.grading.domains.code.examination import evaluate
from lbt.grading.domains.code.gold import read_gold
from lbt.grading.settings import CodeSettings
from lbt.sandbox.programs import Examined

Calls = tuple[str, str, Sequence[str]]
"""A gold answer, a program, and calls."""
Outputs = tuple[list[str | None], str | None]
"""The value of each call, None if it cannot be written so that it is read again; and the first failure."""

_NAMED = re.compile(r"\b(?:inf|nan)\b")


def outputs_of(asked: Sequence[Calls], settings: CodeSettings) -> list[Outputs]:
    """The values of calls by programs, in the order of what is asked."""
    pairs = [
        (read_gold(gold), program, [f"repr({call})" for call in calls]) for gold, program, calls in asked
    ]
    return [_written(examined) for examined in evaluate(pairs, settings)]


def _written(examined: Examined) -> tuple[list[str | None], str | None]:
    failures = (result.error for result in examined.results if result.error is not None)
    return [_literal(result.value) for result in examined.results], examined.program_error or next(
        failures, None
    )


def _literal(value: str | None) -> str | None:
    """The text that an evaluated `repr(…)` is, if Python reads it as a plain value."""
    if value is None:
        return None
    try:
        text = str(ast.literal_eval(value))
        ast.literal_eval(_NAMED.sub("0", text))  # they are names, and plain all the same
    except (SyntaxError, ValueError, MemoryError, RecursionError, TypeError):
        return None
    return text
