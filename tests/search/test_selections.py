"""Answers that each method selects, from small tables."""

from collections import defaultdict
from collections.abc import Callable
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.search.conftest import Marked, Said, exams_of, problems_of, rationales_of

from lbt.errors import DataError
from lbt.grading import Voting, domain_named
from lbt.search import SearchSettings, make_methods, select_answers
from lbt.search.ballots import exam_marks, make_ballots, score_demos
from lbt.search.examiner.exact import ExactExaminer, Examined


def voting(domain: str = "number") -> Voting:
    """Votes that no gold answer bears upon."""
    return Voting(domain_named(domain), defaultdict(str))


Make = Callable[..., SearchSettings]


def baseline(said: dict[str, list[Said]], method: str) -> pd.DataFrame:
    return rationales_of(said).drop(columns="demo_id").assign(method=method)


def selected(
    said: dict[str, list[Said]], marked: list[Marked], settings: SearchSettings, domain: str = "number"
) -> pd.DataFrame:
    greedy = baseline({problem: samples[:1] for problem, samples in said.items()}, "greedy")
    methods = make_methods(
        rationales_of(said),
        exams_of(marked),
        greedy,
        exams_of([]),
        voting(domain),
        settings,
    )
    return select_answers(problems_of(said), methods, {}, settings).set_index(["method", "problem_id"])


def exam(student: str, demo: str, right: int, wrong: int, failed: int = 0) -> list[Marked]:
    verdicts = ["correct"] * right + ["wrong"] * wrong + ["error"] * failed
    return [(student, demo, verdict) for verdict in verdicts]


SAID: dict[str, list[Said]] = {
    "p": [("7", "wrong"), ("7", "wrong"), ("7", "wrong"), ("8", "correct"), (None, "no_answer")]
}
MARKED = [*exam("s", "p/0", 1, 8), *exam("s", "p/1", 2, 7), *exam("s", "p/2", 0, 9), *exam("s", "p/3", 8, 1)]


def test_each_rule_selects_what_a_hand_computes(settings: Make) -> None:
    table = selected(SAID, MARKED, settings())
    rows = {method: row.to_dict() for (method, _), row in table.iterrows()}
    assert {name: (row["answer"], row["right"], row["count"]) for name, row in rows.items()} == {
        "greedy": ("7", False, 1),
        "sc": ("7", False, 3),
        "max": ("8", True, 1),
        "sum": ("8", True, 1),
        "avg": ("8", True, 1),
    }
    assert rows["sum"]["score"] == pytest.approx(8 / 9)
    assert pd.isna(rows["sc"]["score"])
    assert rows["sum"]["students"] == "all"
    assert pd.isna(rows["sc"]["students"])


def test_students_are_combined_as_the_parameter_says_and_also_stand_alone(settings: Make) -> None:
    said: dict[str, list[Said]] = {"p": [("7", "wrong"), ("8", "correct")]}
    # means of the students' shares: (1/1 + 0/3) / 2 = 1/2 and (0/1 + 2/3) / 2 = 1/3; pooled: 1/4 and 2/4
    marked = [
        *exam("s", "p/0", 1, 0),
        *exam("w", "p/0", 0, 3),
        *exam("s", "p/1", 0, 1),
        *exam("w", "p/1", 2, 1),
    ]
    mean, pooled = (selected(said, marked, settings(combination=how)) for how in ("mean", "pooled"))
    assert [mean.loc[(method, "p"), "answer"] for method in ("sum", "sum.s", "sum.w")] == ["7", "7", "8"]
    assert mean.loc[("sum", "p"), "score"] == 0.5
    assert pooled.loc[("sum", "p"), "answer"] == "8"
    assert pooled.loc[("sum", "p"), "score"] == 0.5


def test_a_failed_exam_answer_lowers_n_and_is_not_wrong(settings: Make) -> None:
    marked = [*exam("s", "p/0", 1, 1, failed=7), *exam("s", "p/1", 4, 5)]
    table = selected({"p": [("7", "correct"), ("8", "wrong")]}, marked, settings())
    assert table.loc[("sum", "p"), "answer"] == "7"


def test_a_problem_whose_generations_all_failed_is_neither_right_nor_wrong(settings: Make) -> None:
    said: dict[str, list[Said]] = {
        "p": [("7", "correct")],
        "q": [(None, "error")],
        "r": [(None, "no_answer")],
    }
    table = selected(said, exam("s", "p/0", 1, 0), settings())
    assert pd.isna(table.loc[("sc", "q"), "right"])
    assert table.loc[("sc", "r"), "right"] == False  # noqa: E712 (a pandas scalar)
    assert table.loc[("sc", "p"), "right"] == True  # noqa: E712


def test_equal_answers_vote_together_in_mathematics_and_apart_by_the_papers_keys(settings: Make) -> None:
    said: dict[str, list[Said]] = {
        "p": [
            ("\\frac{1}{2}", "correct"),
            ("0.5", "correct"),
            ("3", "wrong"),
            ("3", "wrong"),
            ("1/2", "correct"),
        ]
    }
    classes = selected(said, [], settings(), "math")
    keys = selected(said, [], settings(answers="paper"), "math")
    assert classes.loc[("sc", "p"), ["right", "count"]].tolist() == [True, 3]
    assert keys.loc[("sc", "p"), ["right", "count"]].tolist() == [False, 2]


# By hand from the paper's scripts/math/search_rationale.py: an answer's [count, largest, sum, sum / count]
# of its numbers of right exam answers, of 9; the last one sorted by (column, count) wins.
PAPER: dict[str, list[tuple[str | None, str, int]]] = {
    # 5: [2, 6, 7, 3.5]; 6: [1, 6, 6, 6]; 9: [2, 9, 9, 4.5]
    "table": [
        ("5", "wrong", 6),
        ("6", "wrong", 6),
        ("9", "correct", 0),
        ("5", "wrong", 1),
        ("9", "correct", 9),
    ],
    # 1: [1, 4, 4, 4]; 2: [1, 4, 4, 4]: all tied, so the answer first seen latest
    "tied": [("1", "wrong", 4), ("2", "correct", 4)],
    # 3: [2, 5, 10, 5]; 4: [1, 5, 5, 5]: ties go to the larger count
    "counts": [("4", "wrong", 5), ("3", "correct", 5), ("3", "correct", 5)],
    # 5: [2, 1, 1, 0.5]; x=5 is another voter: [1, 9, 9, 9]; 7: [2, 2, 4, 2]: first seen after 5
    "strings": [
        ("5", "correct", 1),
        ("x=5", "correct", 9),
        ("5", "correct", 0),
        ("7", "wrong", 2),
        ("7", "wrong", 2),
    ],
}
BY_HAND = {
    ("sc", "table"): ("9", True), ("max", "table"): ("9", True),
    ("sum", "table"): ("9", True), ("avg", "table"): ("6", False),
    ("sc", "tied"): ("2", True), ("max", "tied"): ("2", True),
    ("sum", "tied"): ("2", True), ("avg", "tied"): ("2", True),
    ("sc", "counts"): ("3", True), ("max", "counts"): ("3", True),
    ("sum", "counts"): ("3", True), ("avg", "counts"): ("3", True),
    ("sc", "strings"): ("7", False), ("max", "strings"): ("x=5", True),
    ("sum", "strings"): ("x=5", True), ("avg", "strings"): ("x=5", True),
}  # fmt: skip


def test_the_paper_switch_selects_what_the_papers_code_does(settings: Make) -> None:
    said: dict[str, list[Said]] = {
        name: [(answer, verdict) for answer, verdict, _ in rows] for name, rows in PAPER.items()
    }
    marked = [
        mark
        for name, rows in PAPER.items()
        for index, (_, _, right) in enumerate(rows)
        for mark in exam("s", f"{name}/{index}", right, 9 - right)
    ]
    table = selected(said, marked, settings(paper=True), "math")
    found = {key: (table.loc[key, "answer"], bool(table.loc[key, "right"])) for key in BY_HAND}
    assert found == BY_HAND
    assert table.loc[("sum", "table"), "score"] == 9  # not a share


def test_in_the_papers_code_a_failed_exam_answer_is_wrong_and_no_answer_is_a_vote(settings: Make) -> None:
    said: dict[str, list[Said]] = {
        "p": [("7", "correct"), ("8", "wrong"), (None, "no_answer"), (None, "no_answer")]
    }
    marked = [*exam("s", "p/0", 1, 0, failed=8), *exam("s", "p/1", 2, 7)]
    ours, paper = (selected(said, marked, settings(paper=switch)) for switch in (False, True))
    assert (ours.loc[("sum", "p"), "answer"], paper.loc[("sum", "p"), "answer"]) == ("7", "8")
    assert paper.loc[("sc", "p"), "count"] == 2
    assert pd.isna(paper.loc[("sc", "p"), "answer"])
    assert ours.loc[("sc", "p"), "answer"] == "7"


def test_the_papers_keys_are_of_the_text_as_it_was_written(settings: Make) -> None:
    said = rationales_of({"p": [("\\frac{1}{2}", "correct")] * 2 + [("3", "wrong"), (None, "no_answer")] * 3})
    said["text"] = [f"[[Final Answer]]:\n${half}$\n" for half in ("\\dfrac{1}{2}", "\\frac{1}{2}")] + [
        "so\n3",
        "  It may be three.\n",
    ] * 3
    [ballot] = make_ballots(said, voting("math"), settings(paper=True)).values()
    assert ballot.keys[:4] == ("\\dfrac{1}{2}", "\\frac{1}{2}", "3", "Itmaybethree.")
    [ballot] = make_ballots(said, voting("math"), settings(answers="paper")).values()
    assert ballot.keys[:4] == ("\\dfrac{1}{2}", "\\frac{1}{2}", "3", None)


def test_in_the_papers_code_an_answerless_rationale_wins_by_its_exam(settings: Make) -> None:
    said: dict[str, list[Said]] = {"p": [("7", "correct"), (None, "no_answer")]}
    marked = [*exam("s", "p/0", 2, 7), *exam("s", "p/1", 9, 0)]
    paper = selected(said, marked, settings(paper=True))
    assert paper.loc[("max", "p"), ["right", "score"]].tolist() == [False, 9]


@pytest.mark.parametrize("name", ["all", "teacher"])
def test_a_student_with_a_reserved_name_is_refused(name: str, settings: Make) -> None:
    with pytest.raises(DataError, match=f"A student is named '{name}'"):
        selected(SAID, exam(name, "p/0", 1, 0), settings())


def test_the_teachers_own_exams_select_by_the_same_rules(settings: Make) -> None:
    with_baselines = settings(baselines=("teacher_exams", "worked_examples"))
    both = pd.concat(
        [
            baseline({"p": [("7", "wrong")]}, "greedy"),
            baseline({"p": [("8", "correct")] * 2}, "worked_examples"),
        ]
    )
    methods = make_methods(
        rationales_of(SAID),
        exams_of(MARKED),
        both,
        exams_of(exam("teacher", "p/0", 9, 0)),
        voting(),
        with_baselines,
    )
    table = select_answers(problems_of(SAID), methods, {}, with_baselines).set_index("method")
    assert table.loc["teacher_exams.sum", ["answer", "students"]].tolist() == ["7", "teacher"]
    assert table.loc["worked_examples", ["answer", "count"]].tolist() == ["8", 2]
    assert table.loc["sum", "answer"] == "8"


def test_decisions_of_exams_that_ended_early_stand_in_for_the_rule(settings: Make) -> None:
    adaptive = settings(examiner="exact", rule="max")
    methods = make_methods(
        rationales_of(SAID),
        exams_of(MARKED),
        baseline({"p": [("7", "wrong")]}, "greedy"),
        exams_of([]),
        voting(),
        adaptive,
    )
    table = select_answers(problems_of(SAID), methods, {"p": "8"}, adaptive).set_index("method")
    assert set(table.index) == {"greedy", "sc", "max"}
    assert table.loc["max", ["answer", "right", "count"]].tolist() == ["8", True, 1]


votes = st.lists(
    st.tuples(st.sampled_from([None, "1", "2", "3"]), st.integers(0, 3)), min_size=1, max_size=12
)


@pytest.mark.slow
@given(votes, st.sampled_from(["max", "sum"]), st.sampled_from(["count", "first", "reference"]))
def test_the_exact_examiner_selects_what_the_full_exams_do(
    drawn: list[tuple[str | None, int]], rule: str, ties: str
) -> None:
    settings = SearchSettings(baselines=(), rule=rule, ties=ties)  # type: ignore[arg-type]
    said: dict[str, list[Said]] = {
        "p": [
            (answer, "no_answer" if answer is None else "correct" if answer == "1" else "wrong")
            for answer, _ in drawn
        ]
    }
    outcomes = {
        f"p/{place}": [True] * right + [False] * (3 - right) for place, (_, right) in enumerate(drawn)
    }
    marked = [
        mark
        for place, (answer, right) in enumerate(drawn)
        if answer is not None
        for mark in exam("s", f"p/{place}", right, 3 - right)
    ]
    full = selected(said, marked, settings)
    ballot = make_ballots(rationales_of(said), voting(), settings)["p"]
    examined = Examined("p", ballot.keys, ballot.demo_ids, 3)
    examiner = ExactExaminer([examined], ["s"], settings)
    while questions := examiner.wave():
        examiner.record({question: outcomes[question.demo_id][question.number] for question in questions})
    answer = full.loc[(rule, "p"), "answer"] if len(marked) else None
    assert examiner.selected()["p"] == answer


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=5))
def test_with_one_student_both_combinations_are_its_share(exams: list[tuple[int, int]]) -> None:
    marked = [
        mark for place, (right, wrong) in enumerate(exams) for mark in exam("s", f"d{place}", right, wrong)
    ]
    marks = exam_marks(exams_of(marked))
    expected = {
        f"d{place}": Fraction(right, right + wrong)
        for place, (right, wrong) in enumerate(exams)
        if right + wrong
    }
    for combination in ("mean", "pooled"):
        assert score_demos(marks, list(marks), SearchSettings(combination=combination)) == expected  # type: ignore[arg-type]
