"""Figures of the search, by hand."""

from collections.abc import Callable

import pandas as pd
import pytest

from lbt import tables
from lbt.errors import DataError
from lbt.search import SearchSettings, accuracy_by_group, generation_costs, search_metrics

Make = Callable[..., SearchSettings]


def selections_of(right: dict[str, list[bool | None]]) -> pd.DataFrame:
    rows = [
        {
            "method": method,
            "rule": "sc",
            "students": None,
            "problem_id": f"p{place}",
            "family": f"f{place % 2}",
            "answer": "1",
            "right": mark,
            "count": 1,
            "score": None,
        }
        for method, marks in right.items()
        for place, mark in enumerate(marks)
    ]
    return tables.make_table(tables.selections, rows)


def test_accuracies_and_differences_are_those_of_a_hand(settings: Make) -> None:
    table = selections_of(
        {
            "greedy": [True, False, False, False],
            "sc": [True, False, False, False],
            "max": [True, True, False, False],
            "sum": [False, True, True, True],
            "sum.s": [True, True, True, True],
            "worked_examples": [True, True, True, False],
        }
    )
    metrics = search_metrics(tables.selections.validate(table), settings(), 0)
    assert metrics["search.problems"] == 4
    assert metrics["search.failed"] == 0
    assert metrics["search.sc.accuracy"] == 0.25
    assert metrics["search.sc.accuracy_ci_low"] < 0.25 < metrics["search.sc.accuracy_ci_high"]
    assert metrics["search.sum_minus_sc"] == 0.5
    assert metrics["search.sum_minus_sc_p_value"] == 0.625  # 3 against 1, two-sided
    assert metrics["search.families"] == 2
    assert metrics["search.sum_minus_sc_family_p_value"] == 1  # all is gained in one family of the two
    assert metrics["search.sum_minus_sc_family_ci_low"] == -1
    assert metrics["search.sum_minus_sc_family_ci_high"] == 1
    assert metrics["search.max_minus_sc"] == 0.25
    assert metrics["search.sum.s_minus_sc"] == 0.75
    assert metrics["search.worked_examples_minus_sc"] == 0.5
    assert metrics["search.sum_minus_worked_examples"] == 0
    assert "search.greedy_minus_sc" not in metrics


def test_methods_are_compared_on_the_problems_that_all_answered(settings: Make) -> None:
    table = selections_of({"sc": [True, True, None], "sum": [True, False, True]})
    metrics = search_metrics(table, settings(), 0)
    assert (metrics["search.problems"], metrics["search.failed"]) == (2, 1)
    assert metrics["search.sum.accuracy"] == 0.5


def test_nothing_to_compare_is_said_plainly(settings: Make) -> None:
    with pytest.raises(DataError, match="all generations of one of them failed"):
        search_metrics(selections_of({"sc": [None], "sum": [True]}), settings(), 0)


def test_groups_are_levels_and_subjects_and_without_these_families(settings: Make) -> None:
    table = selections_of({"sc": [True, False, True, None]})
    plain = pd.DataFrame({"problem_id": [f"p{n}" for n in range(4)], "family": ["f0", "f1", "f0", "f1"]})
    by_family = tables.search_by_group.validate(accuracy_by_group(plain, table, settings()))
    assert by_family[["grouping", "group", "n", "accuracy"]].to_numpy().tolist() == [
        ["family", "f0", 2, 1.0],
        ["family", "f1", 1, 0.0],
    ]
    graded = plain.assign(level=pd.Series([1, 1, 2, 2], dtype="Int64"), subject=["a", "b", "a", None])
    by_group = tables.search_by_group.validate(accuracy_by_group(graded, table, settings()))
    assert by_group[["grouping", "group", "n", "accuracy"]].to_numpy().tolist() == [
        ["level", "1", 2, 0.5],
        ["level", "2", 1, 1.0],
        ["subject", "a", 2, 1.0],
        ["subject", "b", 1, 0.0],
    ]


def test_a_method_costs_all_that_it_needs() -> None:
    rationales = pd.DataFrame({"tokens": [10, 10]})
    exams = pd.DataFrame({"demo_id": ["a", "b", None], "tokens": [1, 2, 4]})
    asked = pd.DataFrame({"method": ["greedy", "solution", "worked_examples"], "tokens": [5, 6, 7]})
    costs = generation_costs(rationales, exams, asked, exams.head(0))
    assert costs == {
        "search.cost.greedy.generations": 1,
        "search.cost.greedy.tokens": 5,
        "search.cost.sc.generations": 2,
        "search.cost.sc.tokens": 20,
        "search.cost.lbt.generations": 4,  # the exam without a demo is not needed
        "search.cost.lbt.tokens": 23,
        "search.cost.worked_examples.generations": 2,
        "search.cost.worked_examples.tokens": 13,
    }
