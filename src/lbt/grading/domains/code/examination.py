"""Run programs against the tests of their problems."""

from collections.abc import Sequence
from dataclasses import dataclass

from lbt.grading.domains.code import helpers
from lbt.grading.domains.code.gold import CodeGold, StdioTest
from lbt.grading.settings import CodeSettings
from lbt.grading.verdicts import Graded, Verdict
from lbt.sandbox.programs import (
    UNEXAMINED,
    Examination,
    Examined,
    Expression,
    Item,
    ItemResult,
    Run,
    Test,
    examine_programs,
)

DETAILS = ("visible_share", "hidden_share", "failed_test", "failure", "containment")
_LONGEST_SHOWN = 1000
"""Characters of a failing test that are kept."""
_LONGEST_FAILURE = 300

Pair = tuple[CodeGold, str]
"""A problem and a program."""


def examine(pairs: Sequence[Pair], settings: CodeSettings) -> list[Examined]:
    """How the programs do in the tests."""
    return _examined(
        [_job(gold, program, [_item(test) for test in gold.tests]) for gold, program in pairs], settings
    )


def evaluate(pairs: Sequence[tuple[CodeGold, str, Sequence[str]]], settings: CodeSettings) -> list[Examined]:
    """What the programs make of expressions, or of standard inputs where they are whole programs."""
    jobs = [
        _job(gold, program, [Run(text) if gold.kind == "stdio" else Expression(text) for text in asked])
        for gold, program, asked in pairs
    ]
    return _examined(jobs, settings)


def _examined(jobs: Sequence[Examination], settings: CodeSettings) -> list[Examined]:
    if not jobs:
        return []  # without starting the sandbox
    return examine_programs(
        jobs, settings.limits, settings.workers, settings.unsafe_execution, settings.launcher
    )


def _job(gold: CodeGold, program: str, items: Sequence[Item]) -> Examination:
    return Examination(
        helpers.whole_program(program, gold), tuple(items), helpers.whole_setup(gold), helpers.names(gold)
    )


def _item(test: str | StdioTest) -> Item:
    return Test(test) if isinstance(test, str) else Run(test.stdin)


def judged(gold: CodeGold, program: str, examined: Examined) -> Graded:
    """The verdict that the tests' results amount to; how the program was found is the caller's to say."""
    outcomes = [_Outcome.of(test, result) for test, result in zip(gold.tests, examined.results, strict=True)]
    visible = len(gold.visible)
    failed = next((outcome for outcome in outcomes if not outcome.passed), None)
    unknown = UNEXAMINED in (examined.program_error, *(outcome.error for outcome in outcomes))
    verdict: Verdict = "error" if unknown else "wrong" if failed else "correct"
    failure = examined.program_error or (failed.error if failed else None)
    details = {
        "visible_share": _share(outcomes[:visible]),
        "hidden_share": _share(outcomes[visible:]),
        "failed_test": failed.shown[:_LONGEST_SHOWN] if failed else None,
        "failure": failure[:_LONGEST_FAILURE] if failure else None,
        "containment": examined.containment,
    }
    return Graded(verdict, program, None, details)


def without_program(gold: CodeGold) -> dict[str, float | None]:
    """The shares of an answer that holds no program: no test passes."""
    return {
        "visible_share": 0.0 if gold.visible else None,
        "hidden_share": 0.0 if gold.hidden else None,
    }


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How a test went, and how it reads."""

    passed: bool
    error: str | None
    shown: str

    @classmethod
    def of(cls, test: str | StdioTest, result: ItemResult) -> "_Outcome":
        if isinstance(test, str):
            return cls(bool(result.passed), result.error, test)
        same = result.value is not None and lines_of(result.value) == lines_of(test.stdout)
        wrote = "" if result.value is None else f"\nthe program wrote:\n{_short(result.value)}"
        shown = f"input:\n{_short(test.stdin)}\nexpected output:\n{_short(test.stdout)}{wrote}"
        return cls(same, result.error or (None if same else "wrong output"), shown)


def lines_of(output: str) -> list[str]:
    """The lines of an output without spaces at their ends, and without empty ones at its end."""
    return [line.rstrip() for line in output.rstrip().split("\n")]


def _short(text: str) -> str:
    text = text.rstrip("\n")
    return text if len(text) <= _LONGEST_SHOWN // 4 else text[: _LONGEST_SHOWN // 4] + " …"


def _share(outcomes: Sequence[_Outcome]) -> float | None:
    return sum(outcome.passed for outcome in outcomes) / len(outcomes) if outcomes else None
