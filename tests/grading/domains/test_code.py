"""Verdicts on programs: what the tests of a problem say, and what is kept of it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from lbt.grading import Attempt, Graded, GradingSettings, Verdict, domain_named, grade, grade_many
from lbt.grading.domains.code import CodeDomain, CodeGold, StdioTest
from lbt.grading.settings import CodeSettings
from lbt.sandbox.programs import ProgramLimits

CODE = domain_named("code", GradingSettings(code=CodeSettings(limits=ProgramLimits(cpu_s=1.0, late_items=1))))

SQUARE = CodeGold(
    entry_point="square",
    visible=("assert square(2) == 4",),
    hidden=("assert square(3) == 9", "assert square(-1) == 1"),
)
RIGHT = "def square(x):\n    return x * x"
SHARES = ("visible_share", "hidden_share", "failed_test", "failure")


def fenced(program: str) -> str:
    return f"So:\n```python\n{program}\n```"


def graded(program: str, gold: CodeGold = SQUARE) -> Graded:
    return grade(CODE, gold.dumped(), fenced(program))


def about(one: Graded) -> tuple[Any, ...]:
    return (one.verdict, *(one.details[name] for name in SHARES))


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        (RIGHT, ("correct", 1.0, 1.0, None, None)),
        (
            "def square(x):\n    return x + 2",
            ("wrong", 1.0, 0.5, "assert square(3) == 9", "AssertionError"),
        ),
        (
            "def square(x):\n    return abs(x) + x * x - x",
            ("wrong", 1.0, 0.5, "assert square(-1) == 1", "AssertionError"),
        ),
        ("def square(x):\n    return 3", ("wrong", 0.0, 0.0, "assert square(2) == 4", "AssertionError")),
        (
            "def square(x):\n    raise ValueError('no')",
            ("wrong", 0.0, 0.0, "assert square(2) == 4", "ValueError: no"),
        ),
    ],
)
def test_a_program_is_right_if_every_test_passes(program: str, expected: tuple[Any, ...]) -> None:
    assert about(graded(program)) == expected


def test_a_program_that_hangs_fails() -> None:
    gold = CodeGold(entry_point="square", visible=("assert square(2) == 4",))
    one = graded("def square(x):\n    while True: pass", gold)
    assert about(one) == ("wrong", 0.0, None, "assert square(2) == 4", "took too long")


@pytest.mark.parametrize("program", ["def square(x) return x", "def other(x):\n    return x", "import numpy"])
def test_a_program_that_cannot_be_used_fails_every_test(program: str) -> None:
    verdict, visible, hidden, test, failure = about(graded(program))
    assert (verdict, visible, hidden, test) == ("wrong", 0.0, 0.0, "assert square(2) == 4")
    assert failure.startswith(("SyntaxError", "NameError", "ModuleNotFoundError"))


def test_the_answer_is_the_program_as_it_was_run_and_says_what_kept_it_in() -> None:
    one = graded(RIGHT)
    assert (one.answer, one.rule) == (RIGHT, "Python block")
    assert "limits" in str(one.details["containment"])
    assert set(one.details) == set(CODE.details)


@pytest.mark.parametrize(
    ("text", "finish_reason", "verdict"),
    [
        (f"```python\n{RIGHT}", "length", "truncated"),
        (f"```python\n{RIGHT}\n```\nThis is", "length", "correct"),
        (RIGHT, "length", "truncated"),
        ("I think", "length", "truncated"),
        ("I give up.", "stop", "no_answer"),
        (f"```python\n{RIGHT}", "stop", "correct"),
    ],
)
def test_a_cut_text_counts_only_if_its_program_is_closed(
    text: str, finish_reason: str, verdict: Verdict
) -> None:
    one = grade(CODE, SQUARE.dumped(), text, finish_reason)
    assert one.verdict == verdict
    if verdict in ("truncated", "no_answer"):
        assert (one.details["visible_share"], one.details["hidden_share"]) == (0.0, 0.0)


def test_an_exam_goes_by_the_visible_tests_alone() -> None:
    exam = CODE.exam_gold(SQUARE.dumped())
    one = grade(CODE, exam, fenced("def square(x):\n    return x + 2"))
    assert (one.verdict, one.details["visible_share"], one.details["hidden_share"]) == ("correct", 1.0, None)
    hidden_only = SQUARE.model_copy(update={"visible": ()}).dumped()
    assert CODE.exam_gold(hidden_only) == hidden_only
    assert domain_named("number").exam_gold("5") == "5"


def test_a_class_solution_is_given_and_gives_plain_lists() -> None:
    gold = CodeGold(
        kind="solution",
        entry_point="join",
        prompt="class Solution:\n    def join(self, a: ListNode, b: List[ListNode]) -> List[ListNode]:",
        visible=("assert Solution().join([1, 2], [[3], []]) == [[1, 2], [3], []]",),
    )
    program = (
        "class Solution:\n    def join(self, a: Optional[ListNode], b: List[ListNode]):\n"
        "        assert a.next.val == 2 and b[1] is None\n        return [a, *b]"
    )
    assert graded(program, gold).verdict == "correct"
    assert graded(program.replace("[a, *b]", "b"), gold).verdict == "wrong"


@pytest.mark.parametrize(
    ("signature", "body", "test"),
    [
        (
            "flip(self, root: Optional[TreeNode]) -> Optional[TreeNode]",
            "if root: root.left, root.right = map(self.flip, (root.right, root.left))\n        return root",
            "flip([4, 2, 7, 1, None]) == [4, 7, 2, None, None, None, 1]",
        ),
        ("sort(self, nums: List[int]) -> None", "nums.sort()", "sort([3, 1]) == [1, 3]"),
        ("pair(self, n: int) -> List[int]", "return n, defaultdict(int)[0]", "pair(n=2) == [2, 0]"),
        ("count(self, s: str) -> int", "return Counter(s)['a'] + int(inf > 1)", "count('aab') == 3"),
    ],
)
def test_what_leetcode_gives_its_solutions_is_there(signature: str, body: str, test: str) -> None:
    gold = CodeGold(
        kind="solution",
        entry_point=signature.split("(")[0],
        prompt=f"class Solution:\n    def {signature}:",
        visible=(f"assert Solution().{test}",),
    )
    one = graded(f"class Solution:\n    def {signature}:\n        {body}", gold)
    assert one.verdict == "correct", one.details


def test_a_list_that_has_no_end_is_a_wrong_answer() -> None:
    gold = CodeGold(
        kind="solution",
        entry_point="ring",
        prompt="class Solution:\n    def ring(self, a: ListNode) -> ListNode:",
        visible=("assert Solution().ring([1]) == [1]",),
    )
    program = "class Solution:\n    def ring(self, a):\n        a.next = a\n        return a"
    assert graded(program, gold).verdict == "wrong"


def test_comparisons_may_leave_order_and_rounding_free() -> None:
    tests = (
        "assert equal_in_any_order(square(1), [3, 2, 2])",
        "assert equal_in_any_order(square(2), [[1, 2], [3]], 2)",
        "assert nearly_equal(square(3), [0.1, {'a': 1e-9}], 1e-6)",
        "assert not nearly_equal(square(4), 1.1)",
        "assert nearly_equal(square(5), [inf, nan])",
        "assert not equal_in_any_order(square(6), [1, 2])",
    )
    gold = CodeGold(entry_point="square", visible=tests)
    program = (
        "def square(x):\n    return {1: [2, 3, 2], 2: [(3,), (2, 1)], 3: (0.1000001, {'a': 0}), 4: 1.2,"
        " 5: [float('inf'), float('nan')], 6: [1, 1]}[x]"
    )
    one = graded(program, gold)
    assert one.verdict == "correct", one.details


def test_a_whole_program_is_judged_by_the_lines_it_writes() -> None:
    gold = CodeGold(
        kind="stdio",
        visible=(StdioTest(stdin="2\n3\n", stdout="4\n9\n"),),
        hidden=(StdioTest(stdin="", stdout=""),),
    )
    program = "import sys\nfor line in sys.stdin:\n    print(int(line) ** 2, end='  \\n')"
    assert about(graded(program, gold)) == ("correct", 1.0, 1.0, None, None)
    one = graded("print(4)", gold)
    assert (one.verdict, one.details["visible_share"], one.details["hidden_share"]) == ("wrong", 0.0, 0.0)
    assert one.details["failure"] == "wrong output"
    assert "expected output:\n4\n9\nthe program wrote:\n4" in str(one.details["failed_test"])
    assert graded("print(input())\nraise ValueError", gold).details["failure"] == "ValueError"


@pytest.mark.parametrize(
    ("gold", "fault"),
    [
        ("4", "is '4', which is not a code problem"),
        ("[1]", "is '[1]', which is not a code problem"),
        ('{"tests": []}', "is not a code problem: tests: Extra inputs"),
        ('{"entry_point": "f"}', "has no tests"),
        ('{"entry_point": "f", "hidden": ["assert f( == 2"]}', "has a test that is not Python"),
        ('{"entry_point": "f", "hidden": [""]}', "has a test that is not Python"),
        ('{"entry_point": "f", "hidden": ["assert g(1)"]}', "has the entry point 'f', which no test calls"),
        ('{"hidden": ["assert g(1)"]}', "has the entry point '', which is not the name of a function"),
        (
            '{"entry_point": "f", "setup": "import", "hidden": ["assert f(1)"]}',
            "has a setup that is not Python",
        ),
        (
            '{"entry_point": "f", "setup": "import numpy", "hidden": ["assert f(1)"]}',
            "has tests that import 'numpy', a package that is not available",
        ),
        ('{"kind": "stdio", "hidden": ["assert f(1)"]}', "has a test without stdin and stdout"),
    ],
)
def test_a_gold_that_tests_nothing_is_named(gold: str, fault: str) -> None:
    assert str(CODE.gold_fault(gold)).startswith(fault)
    assert CODE.gold_fault(SQUARE.dumped()) is None


def test_an_unreadable_gold_is_an_error() -> None:
    assert grade(CODE, "4", fenced(RIGHT)).verdict == "error"


def test_equal_programs_are_examined_once_and_kept_with_their_details(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gold = SQUARE.dumped()
    texts = [
        fenced(RIGHT),
        f"Once more:\n```py\n{RIGHT}\n```",
        f"{RIGHT}",
        fenced("def square(x): return 4"),
        "No.",
    ]
    attempts = [Attempt(gold, text) for text in texts]
    examined: list[Attempt] = []
    own = CodeDomain.grade

    def noted(self: CodeDomain, some: Sequence[Attempt]) -> list[Graded]:
        examined.extend(some)
        return own(self, some)

    monkeypatch.setattr(CodeDomain, "grade", noted)
    path = tmp_path / "store.sqlite"
    first = grade_many(CODE, attempts, cache=path)
    assert [one.rule for one in first] == ["Python block", "Python block", "whole text", "Python block", None]
    assert [one.verdict for one in first] == ["correct", "correct", "correct", "wrong", "no_answer"]
    assert len([one for one in examined if one.rule]) == 2
    examined.clear()
    assert grade_many(CODE, attempts, cache=path) == first
    assert not examined
    limited = domain_named("code", GradingSettings(code=CodeSettings(limits=ProgramLimits(cpu_s=2.0))))
    grade_many(limited, attempts, cache=path)
    assert examined  # other limits may give other verdicts


def test_a_long_gold_is_kept_by_its_hash(tmp_path: Path) -> None:
    tests = tuple(f"assert square({n}) == {n * n}" for n in range(200))
    gold = CodeGold(entry_point="square", visible=tests).dumped()
    path = tmp_path / "store.sqlite"
    first = grade_many(CODE, [Attempt(gold, fenced(RIGHT))], cache=path)
    assert grade_many(CODE, [Attempt(gold, fenced(RIGHT))], cache=path) == first
    assert path.read_bytes().count(b"assert square(150)") == 0


def test_a_gold_reads_back_as_it_was_written() -> None:
    assert json.loads(SQUARE.dumped())["kind"] == "function"
    assert CodeGold.model_validate_json(SQUARE.dumped()) == SQUARE


def test_helpers_of_the_tests_are_not_the_programs_own() -> None:
    gold = CodeGold(
        entry_point="square",
        setup="def double(x):\n    return 2 * x",
        visible=("assert square(3) == double(3) + 3",),
    )
    cheat = "def double(x):\n    return 0\n\n\ndef square(x):\n    return 3"
    assert graded(cheat, gold).verdict == "wrong"
    assert graded(RIGHT, gold).verdict == "correct"
