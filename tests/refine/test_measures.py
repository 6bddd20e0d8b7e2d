"""Accuracy and F1 of held-out answers."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from lbt.grading import domain_named
from lbt.refine.measures import Measure
from tests.refine.conftest import settings

GOLDS = ["Yes", "No", "No", "Yes", "No", "Yes"]
PROBLEMS = pd.DataFrame({"problem_id": [f"p{n}" for n in range(6)], "answer": GOLDS})
MEASURE = Measure(settings(), PROBLEMS, domain_named("choice"), 0)


def answers(given_answers: list[str | None], failed: int = 0) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for number, (gold, given_answer) in enumerate(zip(GOLDS, given_answers, strict=True)):
        right = given_answer == gold.lower()
        verdict = "no_answer" if given_answer is None else "correct" if right else "wrong"
        rows.append(
            {
                "problem_id": f"p{number}",
                "family": "f",
                "answer": given_answer,
                "verdict": "error" if number < failed else verdict,
            }
        )
    return pd.DataFrame(rows)


GIVEN = st.lists(st.sampled_from(["yes", "no", None]), min_size=6, max_size=6)


@hypothesis_settings(max_examples=30, deadline=None)
@given(GIVEN, GIVEN)
def test_f1_and_its_differences_are_those_of_scikit_learn(
    one: list[str | None], other: list[str | None]
) -> None:
    def known(given_answers: list[str | None]) -> float:
        predicted = [answer == "yes" for answer in given_answers]
        return float(f1_score([gold == "Yes" for gold in GOLDS], predicted, zero_division=0))

    found = MEASURE.of(answers(one))
    assert found["f1"] == pytest.approx(known(one))
    assert found["f1_ci_low"] <= found["f1"] <= found["f1_ci_high"]
    difference = MEASURE.difference(answers(one), answers(other), "d")
    assert difference["d_f1"] == pytest.approx(known(other) - known(one))
    right = [np.mean([a == g.lower() for a, g in zip(each, GOLDS, strict=True)]) for each in (one, other)]
    assert difference["d"] == pytest.approx(right[1] - right[0])


def test_a_failed_generation_counts_for_no_one() -> None:
    found = MEASURE.of(answers(["no", "no", "no", "yes", "no", "yes"], failed=1))
    assert found["accuracy"] == found["f1"] == 1
    assert MEASURE.of(answers(["no"] * 6, failed=6)) == {}


def test_without_a_positive_class_there_is_no_f1() -> None:
    measure = Measure(settings(positive=None), PROBLEMS, domain_named("choice"), 0)
    assert set(measure.of(answers(["no"] * 6))) == {"accuracy", "ci_low", "ci_high"}
