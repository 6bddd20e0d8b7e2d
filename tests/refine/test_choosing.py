"""What is drawn, blamed, picked and kept, whatever the order in which it comes."""

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lbt.errors import DataError
from lbt.refine.batches import Batches
from lbt.refine.changing import replaced
from lbt.refine.exemplars import Exemplar, ExemplarSet, without_duplicates
from lbt.refine.failures import pick
from lbt.refine.pool import Pool, from_rationales
from lbt.refine.selection import Scored, ranked
from lbt.refine.settings import RefineSettings
from lbt.refine.showing import nearest_first, shown

quick = settings(max_examples=40, deadline=None)


def exemplar(number: int, family: str = "f", text: str = "") -> Exemplar:
    return Exemplar(f"question {number}", "", "1", text or f"text {number}", family)


def book(*numbers: int) -> ExemplarSet:
    return ExemplarSet.new([exemplar(number, f"family {number}") for number in numbers], "sampled")


def scored(score: float | None, number: int) -> Scored:
    return Scored(book(number), score, None, score)


SCORES = st.lists(st.sampled_from([None, 0.0, 0.25, 0.5, 1.0]), min_size=1, max_size=8)


@quick
@given(SCORES, st.randoms(), st.booleans())
def test_what_is_kept_does_not_depend_on_the_order_of_the_sets(
    scores: list[float | None], random: Any, alphabetical: bool
) -> None:
    sets = [scored(score, number) for number, score in enumerate(scores)]
    mixed = list(sets)
    random.shuffle(mixed)
    order = ranked(sets, 3, 1, alphabetical)
    assert ranked(mixed, 3, 1, alphabetical) == order
    values = [-1.0 if one.score is None else one.score for one in order]
    assert values == sorted(values, reverse=True)


def test_ties_fall_otherwise_with_another_seed_or_round() -> None:
    sets = [scored(0.5, number) for number in range(6)]
    orders = {
        tuple(one.set.id for one in ranked(sets, seed, number, False)) for seed in (0, 1) for number in (1, 2)
    }
    assert len(orders) == 4


def test_in_the_papers_code_the_text_that_is_last_in_the_alphabet_wins_a_tie() -> None:
    sets = [scored(0.5, number) for number in (2, 7, 4)]
    assert ranked(sets, 0, 1, True)[0].set == book(7)


def failures(students: list[tuple[str, int]]) -> list[dict[str, str]]:
    return [{"student": name, "problem_id": f"p{number}"} for name, number in students]


FAILED = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9)), min_size=1, max_size=20, unique=True)


@quick
@given(FAILED, st.integers(1, 5), st.randoms(), st.booleans())
def test_failures_are_picked_whatever_their_order_and_never_more_than_asked_for(
    failed: list[tuple[str, int]], count: int, random: Any, pooled: bool
) -> None:
    def picked(rows: list[tuple[str, int]]) -> list[tuple[str, str]]:
        found = pick(failures(rows), count, np.random.default_rng(1), pooled)
        return [(row["student"], row["problem_id"]) for row in found]

    mixed = list(failed)
    random.shuffle(mixed)
    chosen = picked(failed)
    assert picked(mixed) == chosen
    assert len(chosen) <= count
    if not pooled:
        assert len({problem for _, problem in chosen}) == len(chosen)
        assert len(chosen) == min(count, len({number for _, number in failed}))


def test_every_student_that_failed_is_heard_before_one_is_heard_twice() -> None:
    failed = failures([("a", number) for number in range(10)] + [("b", 10), ("c", 11)])
    for seed in range(5):
        names = [row["student"] for row in pick(failed, 4, np.random.default_rng(seed), False)]
        assert Counter(names) == {"a": 2, "b": 1, "c": 1}


POOLS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 9), st.integers(0, 2)), min_size=1, max_size=30, unique=True
)


@quick
@given(POOLS, st.integers(0, 5))
def test_a_drawn_set_has_its_size_and_asks_nothing_twice(rows: list[tuple[int, int, int]], seed: int) -> None:
    exemplars = [
        exemplar(10 * family + number, f"f{family}", f"text {text}") for family, number, text in rows
    ]
    pool = Pool(exemplars, None)
    drawn = pool.draw(np.random.default_rng(seed))
    assert sorted(one.family for one in drawn) == sorted({one.family for one in exemplars})
    for one in drawn:
        other = pool.another(one, drawn, np.random.default_rng(seed))
        assert other is None or (other.family == one.family and other.demo != one.demo)
    assert len(pool.first()) == len(drawn)


def test_a_pool_that_is_too_small_is_named() -> None:
    with pytest.raises(DataError, match="2 teaching problems, but a set needs 3"):
        Pool([exemplar(1), exemplar(2), exemplar(2, text="other")], 3)


def test_labels_take_turns_in_a_drawn_set() -> None:
    exemplars = [Exemplar(f"q{n}", "", "Yes" if n < 2 else "No", "", "f") for n in range(20)]
    for seed in range(4):
        drawn = Pool(exemplars, 4, by_answer=True).draw(np.random.default_rng(seed))
        assert Counter(one.answer for one in drawn) == {"Yes": 2, "No": 2}


def test_only_right_rationales_become_exemplars_where_a_family_has_one() -> None:
    problems = pd.DataFrame({"problem_id": ["p", "q"], "question": ["P?", "Q?"]})
    rationales = pd.DataFrame(
        [
            ("p", "f", 0, "wrong 2", "2", "wrong"),
            ("p", "f", 1, "right 1", "1", "correct"),
            ("q", "g", 0, "wrong 3", "3", "wrong"),
            ("q", "g", 1, "cut", None, "truncated"),
        ],
        columns=["problem_id", "family", "sample_index", "text", "answer", "verdict"],
    )
    assert [one.text for one in from_rationales(problems, rationales, True)] == ["right 1", "wrong 3"]
    assert [one.text for one in from_rationales(problems, rationales, False)] == [
        "wrong 2",
        "right 1",
        "wrong 3",
    ]


def test_a_question_is_shown_its_own_familys_exemplar_and_else_the_nearest() -> None:
    one = ExemplarSet.new(
        [
            Exemplar("How many eggs are in the box?", "", "1", "eggs", "eggs"),
            Exemplar("How many men are in the boat?", "", "1", "boat", "boat"),
        ],
        "sampled",
    )
    own = {"question": "Are there eggs in this box?", "family": "boat"}
    other = {"question": "How many men sail the boat?", "family": "sea"}
    assert nearest_first(one, [own, other]) == [[1, 0], [1, 0]]
    [first] = shown(one, [{"question": "eggs in a box", "family": "sea"}], RefineSettings())
    assert [each.text for each in first] == ["eggs"]
    both = RefineSettings(exemplars_per_prompt=2)
    assert [each.text for each in shown(one, [other], both)[0]] == ["eggs", "boat"]
    assert [each.text for each in shown(one, [other], RefineSettings(show="all"))[0]] == ["eggs", "boat"]


@quick
@given(st.integers(1, 12), st.integers(1, 12), st.integers(1, 9))
def test_exams_and_scores_are_of_other_questions_where_there_are_enough(
    exams: int, scores: int, number: int
) -> None:
    names = [f"p{one}" for one in range(24)]
    batches, mixed = Batches(names, 5), Batches(names[::-1], 5)
    asked, scoring = batches.of_exams(number, exams), batches.of_scores(number, scores)
    assert not set(asked) & set(scoring)
    assert (len(asked), len(scoring)) == (exams, scores)
    assert (mixed.of_exams(number, exams), mixed.of_scores(number, scores)) == (asked, scoring)
    assert batches.of_exams(number + 1, 24) != batches.of_exams(number, 24)


def test_equal_sets_count_once_wherever_their_exemplars_come_from() -> None:
    first, second = book(1, 2), book(1, 3)
    assert without_duplicates([first, second, first.kept()]) == [first, second]


def test_a_set_without_another_exemplar_in_the_pool_stays() -> None:
    pool = Pool([exemplar(1, "family 1")], None)
    assert replaced(book(1), {0}, pool, np.random.default_rng(0)) == []
