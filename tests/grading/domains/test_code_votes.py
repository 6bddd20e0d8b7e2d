"""Programs that do the same vote together."""

import random

from lbt.grading import GradingSettings, domain_named
from lbt.grading.domains.code import CodeGold, StdioTest
from lbt.grading.domains.code.behaviour import inputs
from lbt.grading.settings import CodeSettings
from lbt.sandbox.programs import ProgramLimits

CODE = domain_named("code", GradingSettings(code=CodeSettings(limits=ProgramLimits(cpu_s=1.0))))
TOP = CodeGold(
    entry_point="top",
    visible=("assert top([1, 3, 2]) == 3",),
    hidden=("assert top([-1, -5]) == -1", "assert top([0, 0, 7], 2) == 7"),
)
MAX = "def top(xs, n=1):\n    return max(xs)"
SORTED = "def top(xs, n=1):\n    return sorted(xs)[-1]"
FIRST_TWO = "def top(xs, n=1):\n    return max(xs[:2])"
CONSTANT = "def top(xs, n=1):\n    return 3"
BROKEN = "def top(xs, n=1) return 3"
RAISES = "def top(xs, n=1):\n    raise ValueError"


def test_programs_that_do_the_same_are_one_class_and_a_broken_one_votes_for_nothing() -> None:
    first, second, third, fourth, broken, raises, none = CODE.votes(
        [MAX, SORTED, FIRST_TWO, CONSTANT, BROKEN, RAISES, None], TOP.dumped()
    )
    assert first == second
    assert len({first, third, fourth}) == 3  # the visible test alone does not tell them apart
    assert broken is raises is none is None


def test_classes_do_not_depend_on_the_order_or_the_other_programs() -> None:
    programs = [MAX, SORTED, FIRST_TWO, CONSTANT, BROKEN]
    expected = dict(zip(programs, CODE.votes(programs, TOP.dumped()), strict=True))
    for seed in range(3):
        some = random.Random(seed).sample(programs, 3)
        fresh = domain_named("code", GradingSettings(code=CodeSettings(limits=ProgramLimits(cpu_s=1.0))))
        assert fresh.votes(some, TOP.dumped()) == [expected[one] for one in some]


def test_inputs_are_those_of_the_visible_tests_and_plain_ones_like_them() -> None:
    visible = CODE.exam_gold(TOP.dumped())
    found = inputs(visible, 10)
    assert found[0] == "top([1, 3, 2])"
    assert len(found) == len(set(found)) == 11
    assert found == inputs(visible, 10)
    assert inputs(visible, 0) == ("top([1, 3, 2])",)


def test_what_is_expected_has_no_say_in_the_votes() -> None:
    other = TOP.model_copy(
        update={"hidden": ("assert top([-1, -5]) == 99", "assert top([0, 0, 7], 2) == 98")}
    )
    programs = [MAX, SORTED, CONSTANT]
    keys = CODE.votes(programs, other.dumped())
    assert keys[0] == keys[1] != keys[2]
    assert keys == CODE.votes(programs, TOP.dumped())


def test_whole_programs_are_compared_by_what_they_write() -> None:
    gold = CodeGold(kind="stdio", visible=(StdioTest(stdin="3\n", stdout="9\n"),)).dumped()
    square = "n = int(input())\nprint(n * n)"
    keys = CODE.votes([square, "n = int(input())\nprint(n ** 2, ' ')", "print(9)", "print("], gold)
    assert keys[0] == keys[1] != keys[2]
    assert keys[3] is None


def test_methods_of_a_class_solution_are_compared_too() -> None:
    gold = CodeGold(kind="solution", entry_point="up", visible=("assert Solution().up(1) == 2",)).dumped()
    texts = [
        f"class Solution:\n    def up(self, n):\n        return {value}" for value in ("n + 1", "1 + n", "2")
    ]
    keys = CODE.votes(texts, gold)
    assert keys[0] == keys[1] != keys[2]


def test_without_plain_inputs_only_equal_texts_vote_together() -> None:
    gold = CodeGold(entry_point="top", visible=("x = [1]\nassert top(x) == 1",)).dumped()
    keys = CODE.votes([MAX, MAX, SORTED], gold)
    assert keys[0] == keys[1] != keys[2]
