"""M1's selection rules, by hand and against the paper's code."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lbt.search.selection import Rule, Ties, exam_score, select, standings

ANSWERS = ["7", "8", None, "7", "9", "8", "7"]
SCORES = [Fraction(n, 9) for n in (1, 9, 9, 0, 9, 2, 3)]
RULES: list[Rule] = ["sc", "max", "sum", "avg"]


@pytest.mark.parametrize(("rule", "selected"), [("sc", "7"), ("max", "8"), ("sum", "8"), ("avg", "9")])
def test_each_rule_selects_what_a_hand_computes(rule: Rule, selected: str) -> None:
    assert select(ANSWERS, SCORES, rule) == selected


def test_standings_hold_the_hand_computed_table() -> None:
    found = {one.answer: (one.score, one.count, one.first) for one in standings(ANSWERS, SCORES, "sum")}
    assert found == {"7": (Fraction(4, 9), 3, 0), "8": (Fraction(11, 9), 2, 1), "9": (Fraction(1), 1, 4)}


@pytest.mark.parametrize(
    ("ties", "answers", "selected"),
    [
        ("count", ["a", "b", "b"], "b"),
        ("first", ["a", "b", "b"], "a"),
        ("reference", ["a", "b", "b"], "b"),
        ("count", ["a", "b", "b", "a"], "a"),
        ("first", ["b", "a", "b", "a"], "b"),
        ("reference", ["a", "b", "b", "a"], "b"),
    ],
)
def test_ties_are_decided_as_named(ties: Ties, answers: list[str], selected: str) -> None:
    assert select(answers, [Fraction(1)] * len(answers), "max", ties) == selected


def test_thirds_and_ninths_tie_exactly() -> None:
    scores = [Fraction(1, 3), Fraction(3, 9), Fraction(1, 9), Fraction(2, 9), Fraction(2, 3)]
    assert select(["a", "b", "b", "b", "a"], scores, "sum", "first") == "a"
    assert standings(["a", "b"], scores[:2], "sum")[0].score == standings(["b"], scores[:1], "sum")[0].score


def test_no_answer_selects_nothing() -> None:
    assert select([], [], "sum") is None
    assert select([None, None], [None, Fraction(1)], "max") is None


def test_failed_generations_lower_n_and_students_are_added_up() -> None:
    assert exam_score([(2, 3), (1, 2)]) == Fraction(7, 6)
    assert exam_score([(2, 3), (0, 0)]) == Fraction(2, 3)
    assert exam_score([(0, 0)]) is None


def test_a_rationale_without_exam_keeps_its_vote_and_enters_no_mean() -> None:
    answers, scores = ["a", "a", "b"], [Fraction(1, 2), None, Fraction(1, 3)]
    assert select(answers, scores, "sc") == "a"
    assert standings(answers, scores, "avg")[0].score == Fraction(1, 2)
    assert standings(["a"], [None], "max")[0].score == 0


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 9)), min_size=1, max_size=30))
def test_reference_ties_give_what_the_papers_code_gives(votes: list[tuple[str, int]]) -> None:
    table: dict[str, tuple[int, float, float, float]] = {}
    for answer, score in votes:
        count, most, total, _ = table.get(answer, (0, 0, 0, 0))
        table[answer] = (
            count + 1,
            max(most, score),
            total + score,
            (total + score) / (count + 1),
        )
    answers, scores = [answer for answer, _ in votes], [Fraction(score, 9) for _, score in votes]
    for column, rule in enumerate(RULES):
        ordered = sorted(table, key=lambda answer: (table[answer][column], table[answer][0]))
        assert select(answers, scores, rule, "reference") == ordered[-1]
