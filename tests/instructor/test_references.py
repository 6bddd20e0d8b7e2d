"""Promises of original data: right solutions by the labels, or by the majority of the instructor."""

from typing import Any

import pandas as pd
import pytest

from lbt.asking import Asker
from lbt.generation.engines.scripted import scripted_model
from lbt.instructor.originals import original_items
from lbt.instructor.references import ask_references, read_references
from lbt.instructor.roles import Roles

from .conftest import instructor_settings, roles_of

QUESTIONS = {"a": "1+1?", "b": "2+2?", "c": "3+3?"}
GOLDS = {"a": "2", "b": "4", "c": "6"}
# a: a majority that is right; b: a majority that is wrong; c: none
SAID = {"1+1?": ["2", "2", "2", "3"], "2+2?": ["5", "5", "5", "4"], "3+3?": ["6", "7", "6", "8"]}


def problems() -> pd.DataFrame:
    rows = [(name, "f", question, GOLDS[name], "teaching") for name, question in QUESTIONS.items()]
    rows.append(("e", "f", "9+9?", "18", "evaluation"))
    return pd.DataFrame(rows, columns=["problem_id", "family", "question", "answer", "role"])


def roles(asker: Asker, **options: Any) -> Roles:
    def say(messages: Any, sample: int) -> str:
        return f"Sample {sample}.\n#### {SAID[messages[-1][1]][sample]}"

    instructor = scripted_model(say, "one that is not always right")
    return roles_of(asker, problems(), instructor, instructor_settings(solutions=4, **options))


def test_with_labels_every_right_solution_is_original_data(asker: Asker) -> None:
    own = roles(asker)
    found = read_references(own, ask_references(own).table)
    assert found.golds == GOLDS
    assert found.solutions["problem_id"].tolist() == ["a", "a", "a", "b", "c", "c"]
    assert found.solutions["right"].all()


def test_without_labels_the_majority_is_the_answer_and_where_there_is_none_the_problem_is_not_used(
    asker: Asker,
) -> None:
    own = roles(asker, label_free=True)
    found = read_references(own, ask_references(own).table)
    assert found.golds == {"a": "2", "b": "5"}
    assert found.solutions["problem_id"].tolist() == ["a", "a", "a", "b", "b", "b"]
    assert found.solutions["right"].tolist() == [True] * 3 + [False] * 3, "the label is for the report alone"


@pytest.mark.parametrize("label_free", [False, True])
def test_a_problem_without_a_readable_answer_has_no_solution(asker: Asker, label_free: bool) -> None:
    def say(messages: Any, sample: int) -> str:
        return "I do not know." if messages[-1][1] == "1+1?" else "#### 4"

    settings = instructor_settings(solutions=4, label_free=label_free)
    own = roles_of(asker, problems(), scripted_model(say, "one that gives up"), settings)
    found = read_references(own, ask_references(own).table)
    assert set(found.solutions["problem_id"]) == ({"b", "c"} if label_free else {"b"})


def test_every_problem_comes_before_any_comes_again(asker: Asker) -> None:
    own = roles(asker)
    references = read_references(own, ask_references(own).table)
    for iteration in (1, 2):
        items = original_items(references, "le", iteration, seed=0)
        assert len(items) == 6
        assert {item["source_id"] for item in items[:3]} == {"a", "b", "c"}
        assert all(item["mixed"] for item in items)
    assert not any(item["mixed"] for item in original_items(references, "original", 1, seed=0))


def test_the_instructor_is_not_asked_where_no_arm_needs_it(asker: Asker) -> None:
    own = roles(asker, arms=["le", "lec"])
    assert ask_references(own).table.empty
    assert read_references(own, ask_references(own).table).golds == GOLDS
