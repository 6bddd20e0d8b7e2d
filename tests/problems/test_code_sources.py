"""HumanEval, MBPP, EvalPlus' files and our own form become problems whose answers are tests."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pydantic import ValidationError

from lbt.errors import DataError
from lbt.exams import ExamSettings, report_exams
from lbt.generation import SamplingSettings
from lbt.grading import GradingSettings, domain_named, grade
from lbt.grading.domains.code import CodeGold, StdioTest, read_gold
from lbt.grading.settings import CodeSettings
from lbt.problems import ProblemSettings, check_leakage, load_problems
from lbt.problems.code.examples import stated_examples
from lbt.sandbox.programs import ProgramLimits

CODE = domain_named("code", GradingSettings(code=CodeSettings(limits=ProgramLimits(cpu_s=1.0, late_items=1))))
EVERYTHING = {"teaching": 10_000, "exam_per_family": 10_000, "evaluation": 10_000}

PROMPT = 'import math\n\n\ndef area(r):\n    """The area.\n    >>> area(0)\n    0.0\n    """\n'
HUMANEVAL = {
    "task_id": "HumanEval/0",
    "prompt": PROMPT,
    "entry_point": "area",
    "canonical_solution": "    return math.pi * r * r\n",
    "test": "METADATA = {}\n\n\ndef check(candidate):\n    assert candidate(0) == 0\n"
    "    assert abs(candidate(1) - 3.14159) < 1e-4\n",
}
MBPP = {
    "task_id": 11,
    "text": "Write a function to double a number.",
    "code": "def twice(n):\r\n    return 2 * n\r\n",
    "test_list": ["assert twice(1) == 2", "assert twice(2) == 4"],
    "test_setup_code": "",
    "challenge_test_list": ["assert twice(-1) == -2"],
}
EVALPLUS = {
    "task_id": "HumanEval/0",
    "prompt": PROMPT,
    "entry_point": "area",
    "canonical_solution": "    return math.pi * r * r\n",
    "contract": "\n    assert r >= 0\n",
    "base_input": [[0], [1]],
    "plus_input": [[2.5], [1e400]],
    "atol": 0,
}
SHARED = (
    "def shared(a, b):\n    assert isinstance(a, tuple)\n"
    "    return [x for x in b if x in a] + [x for x in a if x in b]"
)
PLUS = {
    "task_id": "Mbpp/2",
    "prompt": '"""\nFind the shared elements.\nassert shared((1, 2), (2, 3)) == [2, 2]\n"""\n',
    "entry_point": "shared",
    "canonical_solution": SHARED,
    "base_input": [[[1, 2], [2, 3]]],
    "plus_input": [[[4, 5, 6], [6, 4]]],
    "atol": 0,
    "assertion": "assert shared((1, 2), (2, 3)) == [2, 2]",
}
OWN = {
    "question": "Join two sorted lists.",
    "starter": "class Solution:\n    def join(self, a: ListNode, b: Optional[ListNode]) -> ListNode:\n",
    "entry_point": "join",
    "tests": [
        {"arguments": [[1, 3], [2]], "expected": [1, 2, 3], "visible": True},
        {"arguments": {"a": [], "b": []}, "expected": []},
    ],
    "solution": "class Solution:\n    def join(self, a, b):\n        if not a or not b: return a or b\n"
    "        if a.val > b.val: a, b = b, a\n        a.next = self.join(a.next, b)\n        return a",
    "family": "lists",
    "level": 1,
}


def write(folder: Path, rows: list[Any]) -> str:
    path = folder / "mine.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows).replace("Infinity", "1e400"), encoding="utf-8")
    return str(path)


def load(folder: Path, source: str, rows: list[Any], **options: Any) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The rows as teaching problems, and a copy of the first as exam problem."""
    exam = rows[0] | {"role": "exam"}
    name = "question" if "question" in exam else "text" if "text" in exam else "prompt"
    exam[name] = exam[name].replace("The ", "That ").replace("Write ", "Now write ").replace("Join", "Merge")
    exam["id" if source == "code_jsonl" else "task_id"] = "exam"
    given = [row | {"role": "teaching"} for row in rows]
    settings = ProblemSettings(
        source=source, path=write(folder, [*given, exam]), **{**EVERYTHING, "evaluation": 0, **options}
    )
    return load_problems(settings, 0, CODE, examined_by_family=False)


def gold_of(folder: Path, source: str, row: dict[str, Any], **options: Any) -> CodeGold:
    return read_gold(load(folder, source, [row], **options)[0]["answer"].iloc[0])


def refusal(folder: Path, source: str, row: dict[str, Any], **options: Any) -> str:
    with pytest.raises(DataError) as caught:
        load(folder, source, [row], **options)
    return str(caught.value)


# HumanEval


def test_each_assert_of_humaneval_is_a_test_of_its_own(tmp_path: Path) -> None:
    gold = gold_of(tmp_path, "humaneval", HUMANEVAL)
    assert gold.visible == ("assert area(0) == 0.0",)
    assert gold.hidden == ("assert area(0) == 0", "assert abs(area(1) - 3.14159) < 0.0001")
    assert (gold.entry_point, gold.prompt) == ("area", PROMPT)
    problems, report = load(tmp_path, "humaneval", [HUMANEVAL])
    assert problems["problem_id"].iloc[0] == "HumanEval/0"
    assert problems["question"].iloc[0] == PROMPT.strip()
    assert report["tests_left_out"] == 0
    half = grade(CODE, problems["answer"].iloc[0], "    return 0.0")
    assert (half.verdict, half.details["visible_share"], half.details["hidden_share"]) == ("wrong", 1.0, 0.5)


@pytest.mark.parametrize(
    ("visible", "sizes"),
    [("as_given", (1, 2)), ("in_prompt", (1, 2)), ("all", (2, 0)), ("first 1", (1, 1)), ("first 9", (2, 0))],
)
def test_the_parameter_says_which_tests_are_visible(
    tmp_path: Path, visible: str, sizes: tuple[int, int]
) -> None:
    gold = gold_of(tmp_path, "humaneval", HUMANEVAL, code={"visible": visible})
    assert (len(gold.visible), len(gold.hidden)) == sizes


def test_another_word_for_what_is_visible_is_refused() -> None:
    with pytest.raises(ValidationError, match="visible"):
        ProblemSettings(source="humaneval", path="x", code={"visible": "some"})


@pytest.mark.parametrize(
    ("check", "tests"),
    [
        ("    for n in range(3):\n        assert candidate(n) >= 0", 1),
        ("    import math\n    assert candidate(1) > math.e\n    assert candidate(2) > 1", 2),
        ("    found = candidate(1)\n    assert found > 3\n    assert found < 4", 2),
        ("    for n in [1, 2]:\n        assert candidate(n) > 3\n    assert n == 2", 1),
        ("    assert candidate(0) == 0, 'a message'\n    assert True\n    print('done')", 1),
    ],
)
def test_a_check_is_split_where_its_asserts_stand_alone(tmp_path: Path, check: str, tests: int) -> None:
    row = HUMANEVAL | {"test": f"def check(candidate):\n{check}\n"}
    gold = gold_of(tmp_path, "humaneval", row, code={"visible": "all"})
    assert len(gold.visible) == tests


def test_helpers_of_a_prompt_are_the_tests_own(tmp_path: Path) -> None:
    prompt = 'def half(n):\n    return n / 2\n\n\ndef whole(n):\n    """Undo half."""\n'
    row = HUMANEVAL | {
        "prompt": prompt,
        "entry_point": "whole",
        "canonical_solution": "    return n * 2\n",
        "test": "def check(candidate):\n    assert half(candidate(4)) == 4\n",
    }
    gold = gold_of(tmp_path, "humaneval", row)
    assert "def half" in gold.setup
    cheat = "def half(n):\n    return 4\n\n\ndef whole(n):\n    return None"
    assert grade(CODE, gold.dumped(), f"```python\n{cheat}\n```").verdict == "wrong"


@pytest.mark.parametrize(
    ("text", "tests"),
    [
        (">>> f(1)\n2\n\n>>> f(2) # more\n4", ["assert f(1) == 2", "assert f(2) == 4"]),
        (">>> f([1,\n... 2])\n[1,\n 2]", ["assert f([1, 2]) == [1, 2]"]),
        ("f(1) == 2 and so on", []),
        ("Example: f('a') ➞ 'b'.", ["assert f('a') == 'b'"]),
        ("f(1, k=2) => [3]\nf(0) returns None", ["assert f(1, k=2) == [3]", "assert f(0) == None"]),
        ("assert f(1) == 2\nassert g(1) == 2", ["assert f(1) == 2"]),
        (">>> f(x)\n2\n>>> f(1)\nTraceback", []),
        (">>> print(f(1))\nhello", []),
    ],
)
def test_examples_of_a_question_become_tests(text: str, tests: list[str]) -> None:
    assert stated_examples(text, "f") == tests


def test_an_example_that_the_solution_contradicts_is_left_out(tmp_path: Path) -> None:
    row = HUMANEVAL | {"prompt": PROMPT.replace("0.0", "0.0\n    >>> area(1)\n    3")}
    problems, report = load(tmp_path, "humaneval", [row])
    assert read_gold(problems["answer"].iloc[0]).visible == ("assert area(0) == 0.0",)
    assert report["tests_left_out"] == 2  # of the problem and of its copy
    unchecked = gold_of(tmp_path, "humaneval", row, code={"check_references": False})
    assert len(unchecked.visible) == 2


# MBPP


def test_mbpp_shows_its_tests_and_keeps_its_line_ends_to_itself(tmp_path: Path) -> None:
    problems, _ = load(tmp_path, "mbpp", [MBPP])
    gold = read_gold(problems["answer"].iloc[0])
    assert (gold.entry_point, gold.visible, gold.hidden) == (
        "twice",
        tuple(MBPP["test_list"]),
        tuple(MBPP["challenge_test_list"]),
    )
    assert problems["problem_id"].iloc[0] == "Mbpp/11"
    assert problems["question"].iloc[0].endswith("these tests:\n\nassert twice(1) == 2\nassert twice(2) == 4")
    hidden, _ = load(tmp_path, "mbpp", [MBPP], code={"visible": "first 0"})
    assert hidden["question"].iloc[0].endswith("Name the function `twice`.")


def test_the_sanitized_part_of_mbpp_is_read_too(tmp_path: Path) -> None:
    row = {
        "source_file": "x",
        "task_id": 2,
        "prompt": "Write a root.",
        "code": "import math\ndef root(n):\n    return math.sqrt(n)",
        "test_imports": ["import math"],
        "test_list": ["assert math.isclose(root(2), 2 ** 0.5)"],
    }
    gold = gold_of(tmp_path, "mbpp", row)
    assert (gold.setup, gold.entry_point) == ("import math", "root")


def test_classes_and_setup_of_mbpp_work_with_the_programs_own_classes(tmp_path: Path) -> None:
    row = MBPP | {
        "code": "class Node:\n    def __init__(self, v):\n        self.v = v\n\n"
        "def value(node):\n    return node.v",
        "test_setup_code": "root = Node(3)",
        "test_list": ["assert value(root) == 3"],
        "challenge_test_list": [],
    }
    gold = gold_of(tmp_path, "mbpp", row)
    assert (gold.entry_point, gold.names()) == ("value", ("Node", "value"))


def test_a_module_that_only_the_solution_imports_is_there_for_the_tests(tmp_path: Path) -> None:
    row = MBPP | {
        "code": "import sys\ndef size(t):\n    return sys.getsizeof(t)",
        "test_list": ["assert size((1, 2)) == sys.getsizeof((1, 2))"],
        "challenge_test_list": [],
    }
    assert gold_of(tmp_path, "mbpp", row).setup == "import sys"


def test_a_function_may_be_called_like_one_of_pythons_own(tmp_path: Path) -> None:
    row = MBPP | {
        "code": "def sum(a, b):\n    return a + b",
        "test_list": ["assert sum(1, 2) == 3"],
        "challenge_test_list": [],
    }
    assert gold_of(tmp_path, "mbpp", row).entry_point == "sum"


def test_one_question_with_other_tests_is_a_repeat(tmp_path: Path) -> None:
    twin = MBPP | {"task_id": 12, "challenge_test_list": ["assert twice(0) == 0"]}
    problems, report = load(tmp_path, "mbpp", [MBPP, twin])
    assert report["repeated"] == 1
    assert list(problems["problem_id"]) == ["Mbpp/11", "exam"]


# EvalPlus


def test_the_solution_gives_the_results_of_evalplus_inputs(tmp_path: Path) -> None:
    gold = gold_of(tmp_path, "evalplus", EVALPLUS)
    assert gold.visible == ("assert area(0) == 0.0",)
    assert gold.hidden == (
        "assert nearly_equal(area(0), 0.0)",
        "assert nearly_equal(area(1), 3.141592653589793)",
        "assert nearly_equal(area(2.5), 19.634954084936208)",
        "assert nearly_equal(area(inf), inf)",
    )
    exact = gold_of(tmp_path, "evalplus", EVALPLUS | {"atol": 1e-3})
    assert exact.hidden[0] == "assert nearly_equal(area(0), 0.0, 0.001)"


def test_lists_become_the_tuples_that_the_rows_asserts_have(tmp_path: Path) -> None:
    gold = gold_of(tmp_path, "evalplus", PLUS)
    assert gold.hidden[-1] == "assert shared((4, 5, 6), (6, 4)) == [6, 4, 4, 6]"
    assert gold.visible == ("assert shared((1, 2), (2, 3)) == [2, 2]",)
    unordered = PLUS | {
        "entry_point": "similar_elements",
        **{
            name: PLUS[name].replace("shared(", "similar_elements(")
            for name in ("prompt", "assertion", "canonical_solution")
        },
    }
    found = gold_of(tmp_path, "evalplus", unordered)
    assert found.hidden[-1].startswith("assert set(similar_elements((4, 5, 6), (6, 4))) == set(")


def test_an_input_without_a_plain_result_is_left_out(tmp_path: Path) -> None:
    row = EVALPLUS | {"plus_input": [["text"], [3]]}
    problems, report = load(tmp_path, "evalplus", [row])
    assert len(read_gold(problems["answer"].iloc[0]).hidden) == 3
    assert report["tests_left_out"] == 2
    said = refusal(tmp_path, "evalplus", EVALPLUS | {"base_input": [["text"]], "plus_input": []})
    assert "mine.jsonl:1: field 'canonical_solution' gives no result for any input (TypeError" in said


# our own form


def test_calls_of_a_class_solution_become_asserts(tmp_path: Path) -> None:
    problems, _ = load(tmp_path, "code_jsonl", [OWN])
    gold = read_gold(problems["answer"].iloc[0])
    assert gold.kind == "solution"
    assert gold.visible == ("assert Solution().join([1, 3], [2]) == [1, 2, 3]",)
    assert gold.hidden == ("assert Solution().join(a=[], b=[]) == []",)
    assert problems["question"].iloc[0].startswith("Join two sorted lists.\n\n```python\nclass Solution:")
    assert (problems["family"].iloc[0], problems["level"].iloc[0]) == ("lists", 1)


@pytest.mark.parametrize(
    ("row", "gold"),
    [
        (
            {"entry_point": "f", "tests": [{"arguments": [1.5, True, None], "expected": {"a": [2]}}]},
            CodeGold(entry_point="f", hidden=("assert f(1.5, True, None) == {'a': [2]}",)),
        ),
        (
            {"entry_point": "f", "tests": ["assert f(1) == 2"], "setup": "import math"},
            CodeGold(entry_point="f", setup="import math", hidden=("assert f(1) == 2",)),
        ),
        (
            {"entry_point": "f", "tests": [{"assert": "assert f(1) == 2", "visible": True}]},
            CodeGold(entry_point="f", visible=("assert f(1) == 2",)),
        ),
        (
            {"entry_point": "f", "any_order": True, "tests": [{"arguments": [], "expected": [1, 2]}]},
            CodeGold(entry_point="f", hidden=("assert equal_in_any_order(f(), [1, 2])",)),
        ),
        (
            {"entry_point": "f", "any_order": 2, "tests": [{"arguments": [], "expected": [[1]]}]},
            CodeGold(entry_point="f", hidden=("assert equal_in_any_order(f(), [[1]], 2)",)),
        ),
        (
            {"entry_point": "f", "tolerance": 1e-5, "tests": [{"arguments": [1], "expected": 0.1}]},
            CodeGold(entry_point="f", hidden=("assert nearly_equal(f(1), 0.1, 1e-05)",)),
        ),
        (
            {"tests": [{"stdin": "1\n", "stdout": "2\n", "visible": True}]},
            CodeGold(kind="stdio", visible=(StdioTest(stdin="1\n", stdout="2\n"),)),
        ),
    ],
)
def test_every_form_of_test_is_read(tmp_path: Path, row: dict[str, Any], gold: CodeGold) -> None:
    assert gold_of(tmp_path, "code_jsonl", {"question": "The question."} | row) == gold


HANGS = "def f(x):\n    while True: pass"
MEGABYTE = f"def f(x):\n    return x\n# {'x' * 1_048_576}"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"tests": []}, "field 'tests' has no tests"),
        ({"tests": "assert f(1)"}, "field 'tests' must be a list of tests, not text"),
        ({"tests": [{"arguments": [1]}]}, "field 'tests' has no arguments and expected in number 1"),
        ({"tests": [{"arguments": 1, "expected": 2}]}, "field 'tests' has arguments that are neither a list"),
        ({"tests": [{"stdin": "1"}]}, "field 'tests' has no texts stdin and stdout in number 1"),
        ({"tests": ["assert f( == 1"]}, "field 'tests' has a test that is not Python: 'assert f( == 1'"),
        ({"tests": ["assert g(1)"]}, "field 'tests' has the entry point 'f', which no test calls"),
        ({"entry_point": None}, "field 'entry_point' is missing"),
        ({"kind": "class"}, "field 'kind' is 'class'; it may be function, solution, stdio"),
        ({"any_order": 3}, "field 'any_order' may be false, true, or 2"),
        ({"tolerance": -1}, "field 'tolerance' must be a number, 0 or more"),
        (
            {"setup": "import numpy"},
            "field 'tests' has tests that import 'numpy', a package that is not available",
        ),
        ({"solution": "import numpy"}, "field 'solution' needs the package 'numpy', which is not available"),
        (
            {"solution": "def f(x):\n    return 0"},
            "field 'solution' fails a test of its own problem (Assertion",
        ),
        (
            {"solution": "def f(x):\n    return 0", "tests": ["y = f(1)\nassert y == 77"]},
            "field 'solution' fails a test of its own problem (AssertionError): y = f(1) assert y == 77",
        ),
        (
            {"solution": HANGS},
            "field 'solution' fails a test of its own problem (took too long): assert f(1)",
        ),
        (
            {"solution": MEGABYTE},
            f"field 'solution' has {len(MEGABYTE):,} characters, but a program may have at most 200,000",
        ),
        (
            {"starter": MEGABYTE},
            f"field 'starter' has {len(MEGABYTE):,} characters, but a program may have at most 200,000",
        ),
        ({"solution": 5}, "field 'solution' must be text, not a number"),
    ],
)
def test_a_bad_row_is_named_before_any_model_is_loaded(
    tmp_path: Path, row: dict[str, Any], said: str
) -> None:
    good = {"question": "The question.", "entry_point": "f", "tests": ["assert f(1) == 1"], "id": "a"}
    message = refusal(tmp_path, "code_jsonl", good | row)
    assert f"mine.jsonl:1: {said}" in message
    assert "problems.bad_rows: set_aside" in message


@pytest.mark.parametrize(
    ("source", "row", "said"),
    [
        (
            "humaneval",
            {"test": "def test(f):\n    assert f"},
            "field 'test' has no function check(candidate)",
        ),
        (
            "humaneval",
            {"test": "def check(f):\n    pass"},
            "field 'test' has a check(candidate) that asserts",
        ),
        ("humaneval", {"test": "def check(f)"}, "field 'test' is not Python"),
        ("humaneval", {"canonical_solution": "    return 1\n"}, "field 'canonical_solution' fails a test of"),
        ("mbpp", {"test_list": [], "challenge_test_list": []}, "field 'test_list' has no tests"),
        ("mbpp", {"test_list": ["assert twice(1 == 2"]}, "field 'test_list' has a test that is not Python"),
        ("mbpp", {"code": "def twice(n):\r\n    return n"}, "field 'code' fails a test of its own problem"),
        ("evalplus", {"base_input": [1]}, "field 'base_input' must be a list with a list of arguments"),
    ],
)
def test_bad_rows_of_published_files_are_named_by_their_own_fields(
    tmp_path: Path, source: str, row: dict[str, Any], said: str
) -> None:
    good = {"humaneval": HUMANEVAL, "mbpp": MBPP, "evalplus": EVALPLUS}[source]
    assert f"mine.jsonl:1: {said}" in refusal(tmp_path, source, good | row)


def test_bad_problems_are_set_aside_on_request_and_the_check_can_be_left_out(tmp_path: Path) -> None:
    bad = MBPP | {"task_id": 12, "text": "Write another.", "code": "def twice(n):\n    return n"}
    problems, report = load(tmp_path, "mbpp", [MBPP, bad], bad_rows="set_aside")
    assert [(one["row"], one["field"]) for one in report["set_aside"]] == [(2, "code")]
    assert len(problems) == 2
    unchecked, _ = load(tmp_path, "mbpp", [MBPP, bad], code={"check_references": False})
    assert len(unchecked) == 3


def test_another_domain_is_refused_by_name(tmp_path: Path) -> None:
    settings = ProblemSettings(source="mbpp", path=write(tmp_path, [MBPP] * 2), **EVERYTHING)
    with pytest.raises(
        DataError, match=r"answers of problems.source: mbpp are programs, and domain is number. Set"
    ):
        load_problems(settings, 0, domain_named("number"))


@pytest.mark.parametrize("maker", ["family", "nearest"])
def test_exams_are_made_of_code_problems(tmp_path: Path, maker: str) -> None:
    rows = [
        OWN | {"question": f"{OWN['question']} Number {n}.", "family": f"topic {n % 2}", "id": str(n)}
        for n in range(8)
    ]
    settings = ProblemSettings(source="code_jsonl", path=write(tmp_path, rows), **EVERYTHING)
    problems, _ = load_problems(settings, 0, CODE, examined_by_family=maker == "family")
    check_leakage(problems)
    exams = ExamSettings(
        maker=maker, problems_per_demo=1, sampling=SamplingSettings(temperature=0.0, max_tokens=9)
    )
    report = report_exams(problems, exams, 0, CODE)
    assert report["without_exam"] == 0
    if maker == "family":
        assert report["of_other_families"] == 0
