"""Run the solutions that come with code problems against the problems' tests."""

import ast
import re
from collections.abc import Sequence
from dataclasses import replace

from lbt.grading import Attempt, Graded
from lbt.grading.domains.code import CodeDomain, CodeGold, read_gold
from lbt.problems.rows import BadRow, Problem, Reference

_SHOWN = 160
_PACKAGE = re.compile(r"ModuleNotFoundError: No module named ('[^']+')")
_PART = re.compile(r"\{(?:call|arguments|expected|found)\}")


def check_references(
    rows: Sequence[Problem], domain: CodeDomain, check: bool
) -> tuple[list[Problem], list[BadRow], int]:
    """The problems whose solution passes, the others as bad rows, and how many tests were dropped.

    Problems without a solution stay as they are. Where the tests are calls alone, the solution's results make
    tests of them, whether `check` says so or not. An example of a question that the solution contradicts is
    dropped, as is a call without a plain result.
    """
    rows, bad, dropped = _answered(rows, domain)
    if not check:
        return rows, bad, dropped
    tried = [row for row in rows if row.reference is not None]
    verdicts = dict(
        zip((row.position for row in tried), domain.grade([_attempt(row) for row in tried]), strict=True)
    )
    kept: list[Problem] = []
    for row in rows:
        graded = verdicts.get(row.position)
        if graded is not None and graded.verdict != "correct" and row.reference and row.reference.lenient:
            row, graded, fewer = _without_wrong_examples(row, graded, domain)
            dropped += fewer
        if graded is None or graded.verdict == "correct":
            kept.append(row)
        else:
            bad.append(_bad(row, graded))
    return kept, bad, dropped


def _attempt(row: Problem) -> Attempt:
    assert row.reference is not None
    return Attempt(row.answer, row.reference.program, rule=row.reference.field)


def _bad(row: Problem, graded: Graded) -> BadRow:
    field = row.reference.field if row.reference else "answer"
    failure, test = graded.details.get("failure"), " ".join(str(graded.details.get("failed_test")).split())
    test = test if len(test) <= _SHOWN else test[:_SHOWN] + " …"
    if graded.verdict == "error":
        return BadRow(row.place, field, "could not be examined; run again on a machine that is less busy")
    if package := _PACKAGE.search(str(failure)):
        reason = "which is not available: programs have Python's standard library only"
        return BadRow(row.place, field, f"needs the package {package[1]}, {reason}")
    return BadRow(row.place, field, f"fails a test of its own problem ({failure}): {test}")


def _without_wrong_examples(row: Problem, graded: Graded, domain: CodeDomain) -> tuple[Problem, Graded, int]:
    """The problem without the examples of its question that the solution contradicts."""
    gold = read_gold(row.answer)
    assert row.reference is not None
    singles = [gold.model_copy(update={"visible": (test,), "hidden": ()}).dumped() for test in gold.visible]
    alone = domain.grade([Attempt(one, row.reference.program, rule=row.reference.field) for one in singles])
    right = tuple(test for test, one in zip(gold.visible, alone, strict=True) if one.verdict == "correct")
    fewer = len(gold.visible) - len(right)
    if not fewer or not (right or gold.hidden):
        return row, graded, 0
    row = replace(row, answer=gold.model_copy(update={"visible": right}).dumped())
    return row, domain.grade([_attempt(row)])[0], fewer


def _answered(rows: Sequence[Problem], domain: CodeDomain) -> tuple[list[Problem], list[BadRow], int]:
    """The problems with tests in place of calls."""
    waiting = [row for row in rows if row.reference is not None and row.reference.unanswered is not None]
    asked = [
        (row.answer, row.reference.program, _calls(read_gold(row.answer))) for row in waiting if row.reference
    ]
    outcomes = dict(zip((row.position for row in waiting), domain.outputs(asked), strict=True))
    done: list[Problem] = []
    bad: list[BadRow] = []
    dropped = 0
    for row in rows:
        if row.position not in outcomes or row.reference is None:
            done.append(row)
            continue
        values, failure = outcomes[row.position]
        gold = read_gold(row.answer)
        answers = dict(zip(_calls(gold), values, strict=True))
        made = _with_results(gold, answers, row.reference)
        dropped += len(gold.tests) - len(made.tests)
        if made.hidden:
            done.append(replace(row, answer=made.dumped()))
        else:
            bad.append(BadRow(row.place, row.reference.field, f"gives no result for any input ({failure})"))
    return done, bad, dropped


def _calls(gold: CodeGold) -> list[str]:
    return [test for test in gold.tests if isinstance(test, str) and not test.startswith("assert ")]


def _with_results(gold: CodeGold, answers: dict[str, str | None], reference: Reference) -> CodeGold:
    def answered(tests: Sequence[object]) -> tuple[str, ...]:
        texts = [str(test) for test in tests]
        made = [
            text if text not in answers else _test(text, answers[text], reference.unanswered or "")
            for text in texts
        ]
        return tuple(test for test in made if test is not None)

    return gold.model_copy(update={"visible": answered(gold.visible), "hidden": answered(gold.hidden)})


def _test(call: str, expected: str | None, comparison: str) -> str | None:
    """The assert for a call and its result; None if it gave none that can be written down."""
    if expected is None:
        return None
    if not comparison:
        close = _floats(expected)
        comparison = "assert nearly_equal({call}, {expected})" if close else "assert {call} == {expected}"
    parts = {
        "{call}": call,
        "{arguments}": call[call.index("(") + 1 : -1],
        "{expected}": expected,
        "{found}": str(expected not in ("None", "False")),
    }
    return _PART.sub(lambda part: parts[part[0]], comparison)


def _floats(expected: str) -> bool:
    """Whether a result is a fraction, or consists of them, which are compared to six decimals."""
    try:
        value = ast.literal_eval(expected)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return True  # inf and nan
    if isinstance(value, list | tuple):
        return bool(value) and all(isinstance(one, float) for one in value)
    return isinstance(value, float)
