"""LbT scores: shares of counted answers, with their baseline, interval and mean over the students."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from scipy import stats

from lbt import tables
from lbt.errors import DataError
from lbt.scoring import ScoringSettings, lucky_auc, score_metrics, score_rationales

UNHURRIED = hypothesis_settings(deadline=None, max_examples=25)

SETTINGS = ScoringSettings(bootstrap_samples=200)
VERDICTS = ["correct", "wrong", "no_answer", "truncated", "error"]


def answers(rows: list[tuple[str, str | None, str, str]]) -> pd.DataFrame:
    """Rows of (student, demo, exam problem, verdict); demo "d1" belongs to problem "t1"."""
    table = pd.DataFrame(rows, columns=["student", "demo_id", "exam_problem_id", "verdict"])
    teaching = table["demo_id"].map(lambda demo: demo if pd.isna(demo) else f"t{demo[1:]}")
    return table.assign(teaching_problem_id=teaching, family="f")


def exam(
    student: str, demo: str | None, problem: str, verdicts: str
) -> list[tuple[str, str | None, str, str]]:
    """Verdicts by their first letters, e.g. "ccw"."""
    names = {name[0]: name for name in VERDICTS}
    return [(student, demo, problem, names[letter]) for letter in verdicts]


def row(scores: pd.DataFrame, demo: str, student: str) -> dict[str, Any]:
    return scores[(scores["demo_id"] == demo) & (scores["student"] == student)].iloc[0].to_dict()


def test_a_score_is_the_share_of_right_answers_and_the_gain_its_difference_to_the_baseline() -> None:
    table = answers(
        exam("s", "d1", "e1", "ccw") + exam("s", "d1", "e2", "cnt") + exam("s", None, "e1", "cww")
        + exam("s", None, "e2", "www") + exam("s", None, "e3", "ccc")
    )  # fmt: skip
    scores = score_rationales(table, SETTINGS)
    found = row(scores, "d1", "s")
    assert found["lbt_score"] == pytest.approx(3 / 6)
    assert found["baseline_score"] == pytest.approx(1 / 6)  # e3 is no exam of this demo
    assert found["gain"] == pytest.approx(2 / 6)
    assert found["n"] == 6
    tables.lbt_scores.validate(scores)


def test_failed_generations_lower_n_and_are_never_wrong() -> None:
    table = answers(
        exam("s", "d1", "e1", "cee") + exam("s", "d1", "e2", "ceee") + exam("s", None, "e1", "ecw")
    )
    found = row(score_rationales(table, SETTINGS), "d1", "s")
    assert found["lbt_score"] == 1
    assert found["n"] == 2
    assert found["baseline_score"] == 0.5


def test_the_mean_is_over_students_and_needs_them_all() -> None:
    table = answers(
        exam("s1", "d1", "e1", "cccc") + exam("s2", "d1", "e1", "cw") + exam("s1", "d2", "e1", "c")
        + exam("s2", "d2", "e1", "e") + exam("s1", None, "e1", "c") + exam("s2", None, "e1", "w")
    )  # fmt: skip
    scores = score_rationales(table, SETTINGS)
    mean = row(scores, "d1", "mean")
    assert mean["lbt_score"] == pytest.approx(0.75)
    assert mean["baseline_score"] == pytest.approx(0.5)
    assert mean["n"] == 6
    assert set(scores[scores["demo_id"] == "d2"]["student"]) == {"s1"}


def test_without_a_baseline_there_is_a_score_but_no_gain() -> None:
    found = row(score_rationales(answers(exam("s", "d1", "e1", "cw")), SETTINGS), "d1", "mean")
    assert found["lbt_score"] == 0.5
    assert np.isnan(found["gain"])


def test_no_demo_gives_an_empty_table_of_the_right_shape() -> None:
    scores = score_rationales(answers(exam("s", None, "e1", "cw")), SETTINGS)
    assert scores.empty
    tables.lbt_scores.validate(scores)


def test_no_student_may_be_called_mean() -> None:
    with pytest.raises(DataError, match="named 'mean'"):
        score_rationales(answers(exam("mean", "d1", "e1", "c")), SETTINGS)


ROW = st.tuples(
    st.sampled_from(["s1", "s2"]),
    st.sampled_from([None, "d1", "d2", "d3"]),
    st.sampled_from(["e1", "e2", "e3"]),
    st.sampled_from(VERDICTS),
)


@UNHURRIED
@given(st.lists(ROW, min_size=1, max_size=80), st.randoms())
def test_scores_are_shares_inside_their_intervals_whatever_the_row_order(
    rows: list[tuple[str, str | None, str, str]], random: Any
) -> None:
    scores = score_rationales(answers(rows), SETTINGS)
    shuffled = list(rows)
    random.shuffle(shuffled)
    students = {student for student, *_ in rows}
    again = score_rationales(answers(shuffled), SETTINGS)
    pd.testing.assert_frame_equal(scores, again)
    tables.lbt_scores.validate(scores)
    assert (scores["ci_low"] <= scores["lbt_score"]).all()
    assert (scores["lbt_score"] <= scores["ci_high"]).all()
    difference = scores["lbt_score"] - scores["baseline_score"]
    assert np.allclose(scores["gain"], difference, equal_nan=True)
    counted = {(s, d) for s, d, _, verdict in rows if d and verdict != "error"}
    single = scores[scores["student"] != "mean"]
    assert set(zip(single["student"], single["demo_id"], strict=True)) == counted
    mean = scores[scores["student"] == "mean"]
    assert set(mean["demo_id"]) == {d for _, d in counted if {(s, d) for s in students} <= counted}


def rationales(verdicts: dict[str, str]) -> pd.DataFrame:
    records = [(f"t{d[1:]}/0", f"t{d[1:]}", d, verdict) for d, verdict in verdicts.items()]
    return pd.DataFrame(records, columns=["rationale_id", "problem_id", "demo_id", "verdict"])


def scored(values: dict[str, float]) -> pd.DataFrame:
    table = answers(
        [
            (student, demo, f"e{i}", "correct" if i < round(10 * value) else "wrong")
            for student in ("s1", "s2")
            for demo, value in values.items()
            for i in range(10)
        ]
        + [(student, None, f"e{i}", "wrong") for student in ("s1", "s2") for i in range(10)]
    )
    return score_rationales(table, SETTINGS)


def test_the_metrics_have_their_fixed_names_and_values() -> None:
    table = rationales({"d1": "correct", "d2": "correct", "d3": "wrong", "d4": "truncated", "d5": "error"})
    metrics = score_metrics(table, scored({"d1": 0.9, "d2": 0.3, "d3": 0.6}), SETTINGS, 0)
    assert metrics["teaching.accuracy"] == 0.5
    assert metrics["exam.lbt_score_mean"] == pytest.approx(0.6)
    assert metrics["exam.gain_mean"] == pytest.approx(0.6)
    assert metrics["exam.lbt_score_mean.s1"] == pytest.approx(0.6)
    assert metrics["scoring.auc_right_wrong"] == 0.5
    assert metrics["scoring.auc_right_wrong_ci_low"] <= 0.5 <= metrics["scoring.auc_right_wrong_ci_high"]


def test_the_mean_gain_has_an_interval_over_teaching_problems_and_one_over_families() -> None:
    # Two families of four teaching problems each; within a family all gain the same.
    table = pd.concat(
        [
            answers(exam("s", f"d{i}", f"e{i}", "c" if i < 4 else "w") + exam("s", None, f"e{i}", "w"))
            for i in range(8)
        ]
    ).assign(family=lambda t: t["exam_problem_id"].map(lambda name: "up" if int(name[1:]) < 4 else "level"))
    metrics = score_metrics(
        rationales({f"d{i}": "correct" for i in range(8)}), score_rationales(table, SETTINGS)
    )
    half = stats.t.ppf(0.975, 7) * np.sqrt(8 / 7 * 8 * 0.25) / 8
    assert metrics["exam.gain_mean"] == 0.5
    assert metrics["exam.gain_mean_ci_low"] == pytest.approx(0.5 - half)
    assert metrics["exam.gain_mean_ci_high"] == pytest.approx(0.5 + half)
    assert metrics["exam.gain_mean_family_ci_low"] == -1  # two families say next to nothing of a third
    assert metrics["exam.gain_mean.s_family_ci_high"] == 1


def test_figures_that_nothing_defines_are_left_out() -> None:
    metrics = score_metrics(rationales({"d1": "correct"}), scored({"d1": 0.5}), SETTINGS, 0)
    assert not [name for name in metrics if "auc" in name]
    nothing = score_metrics(rationales({"d1": "error"}), scored({}), SETTINGS, 0)
    assert nothing == {"exam.demos": 0.0}


def test_equal_texts_count_once_in_the_auc() -> None:
    table = rationales({"d1": "correct", "d2": "wrong"})
    copies = pd.concat([table, table.assign(rationale_id=["t1/1", "t2/1"])], ignore_index=True)
    scores = scored({"d1": 0.9, "d2": 0.1})
    assert score_metrics(table, scores, SETTINGS, 0) == score_metrics(copies, scores, SETTINGS, 0)


def test_the_auc_within_problems_is_the_mean_of_those_that_have_right_and_wrong_rationales() -> None:
    table = rationales({"d1": "correct", "d2": "wrong", "d3": "correct", "d4": "wrong", "d5": "correct"})
    table = table.assign(problem_id=["t1", "t1", "t2", "t2", "t3"])
    metrics = score_metrics(table, scored({"d1": 0.9, "d2": 0.1, "d3": 0.2, "d4": 0.2, "d5": 0.0}), SETTINGS)
    assert metrics["scoring.auc_within_problem"] == pytest.approx((1 + 0.5) / 2)
    assert metrics["scoring.auc_within_problem_problems"] == 2
    assert (
        metrics["scoring.auc_within_problem_ci_low"] <= 0.75 <= metrics["scoring.auc_within_problem_ci_high"]
    )


def test_lucky_rationales_are_told_from_truly_right_ones() -> None:
    table = rationales({"d1": "correct", "d2": "correct", "d3": "correct", "d4": "wrong"})
    procedures = pd.DataFrame(
        {
            "rationale_id": ["t1/0", "t2/0", "t3/0", "t4/0"],
            "procedure": ["right", "right", "left_to_right", "right"],
            "right": [True, True, False, True],
        }
    )
    scores = scored({"d1": 0.9, "d2": 0.8, "d3": 0.4, "d4": 0.1})
    metrics = lucky_auc(table, scores, procedures, SETTINGS, 0)
    assert metrics["scoring.auc_right_lucky"] == 1
    assert metrics["scoring.right_demos"] == 2
    assert metrics["scoring.lucky_demos"] == 1
    assert lucky_auc(table, scores, procedures.head(0), SETTINGS, 0) == {}
    assert "scoring.auc_right_lucky" not in lucky_auc(table, scores, procedures.head(2), SETTINGS, 0)
