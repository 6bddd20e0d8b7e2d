"""Solutions that their authors published pass in the sandbox, and wrong ones fail."""

import os
from collections.abc import Sequence

import pytest
from tests.real_data import needs_real_data
from tests.sandbox.public_problems import WRONG, human_eval, mbpp

from lbt.sandbox.programs import Examination, Examined, ProgramLimits, examine_programs

pytestmark = needs_real_data

EVERY_MBPP = 1 if os.environ.get("LBT_EVERY_VARIANT") else 10
"""Every tenth problem of MBPP, since all of them take minutes; LBT_EVERY_VARIANT=1 takes all."""


def passed(jobs: Sequence[Examination], limits: ProgramLimits | None = None) -> list[bool]:
    return [all(item.passed for item in each.results) for each in _examined(jobs, limits)]


def _examined(jobs: Sequence[Examination], limits: ProgramLimits | None) -> list[Examined]:
    return examine_programs(jobs, limits or ProgramLimits())


def test_the_solutions_of_human_eval_pass() -> None:
    assert passed(human_eval()) == [True] * 164


@pytest.mark.slow
@pytest.mark.parametrize("change", WRONG)
def test_wrong_solutions_of_human_eval_fail(change: str) -> None:
    assert passed(human_eval(WRONG[change])) == [False] * 164


@pytest.mark.slow
@pytest.mark.parametrize("change", WRONG)
def test_wrong_solutions_of_mbpp_fail(change: str) -> None:
    jobs = mbpp(WRONG[change])[::EVERY_MBPP]
    assert passed(jobs, ProgramLimits(late_items=1)) == [False] * len(jobs)
