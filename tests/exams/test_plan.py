"""The exam plan: fair to the demos of a problem, never the problem itself, the baseline asked once."""

import logging
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lbt import tables
from lbt.errors import DataError
from lbt.exams import ExamSettings, plan_exams
from lbt.generation import SamplingSettings
from lbt.grading import domain_named

UNHURRIED = hypothesis_settings(deadline=None, max_examples=25)

SAMPLING = SamplingSettings(temperature=0.7, max_tokens=20)
NUMBER = domain_named("number")


def problems(teaching: dict[str, int], exam: dict[str, int]) -> pd.DataFrame:
    """So many problems of each family and role."""
    rows = [
        (f"{family}-{role}-{i}", family, f"{family} {role} {i}?", "1", role, f"mine.jsonl:{i}")
        for role, counts in (("teaching", teaching), ("exam", exam))
        for family, count in counts.items()
        for i in range(count)
    ]
    return pd.DataFrame(rows, columns=["problem_id", "family", "question", "answer", "role", "source"])


def rationales(table: pd.DataFrame, verdicts: list[str]) -> pd.DataFrame:
    rows = [
        (f"{problem}/{i}", problem, f"{problem}:{i}", verdict)
        for problem in table[table["role"] == "teaching"]["problem_id"]
        for i, verdict in enumerate(verdicts)
    ]
    return pd.DataFrame(rows, columns=["rationale_id", "problem_id", "demo_id", "verdict"])


def plan_of(table: pd.DataFrame, verdicts: list[str], wanted: int = 3, seed: int = 0) -> pd.DataFrame:
    settings = ExamSettings(problems_per_demo=wanted, sampling=SAMPLING)
    plan = plan_exams(table, rationales(table, verdicts), settings, seed, NUMBER)
    tables.exam_plan.validate(plan)
    return plan


def test_rationales_without_an_answer_are_examined_on_request_and_failed_ones_never() -> None:
    table = problems({"a": 1}, {"a": 2})
    told = rationales(table, ["correct", "no_answer", "truncated", "error"])
    settings = ExamSettings(problems_per_demo=2, sampling=SAMPLING)
    for answerless, demos in ((False, {0}), (True, {0, 1, 2})):
        plan = plan_exams(table, told, settings, 0, NUMBER, answerless=answerless)
        assert set(plan["demo_id"].dropna()) == {f"a-teaching-0:{i}" for i in demos}


@UNHURRIED
@given(
    st.dictionaries(st.sampled_from("abc"), st.tuples(st.integers(1, 4), st.integers(1, 6)), min_size=1),
    st.lists(
        st.sampled_from(["correct", "wrong", "truncated", "no_answer", "error"]), min_size=1, max_size=5
    ),
    st.integers(1, 5),
    st.integers(0, 100),
    st.randoms(),
)
def test_the_plan_keeps_its_promises(
    sizes: dict[str, tuple[int, int]], verdicts: list[str], wanted: int, seed: int, random: Any
) -> None:
    table = problems({f: n for f, (n, _) in sizes.items()}, {f: n for f, (_, n) in sizes.items()})
    plan = plan_of(table, verdicts, wanted, seed)
    order = list(range(len(table)))
    random.shuffle(order)
    pd.testing.assert_frame_equal(plan, plan_of(table.iloc[order], verdicts, wanted, seed))

    demos, baseline = plan[plan["demo_id"].notna()], plan[plan["demo_id"].isna()]
    assert not plan.duplicated().any()
    assert sorted(baseline["exam_problem_id"]) == sorted(set(demos["exam_problem_id"]))
    examined = demos.groupby("demo_id")["exam_problem_id"].agg(frozenset)
    by_problem = examined.groupby(demos.groupby("demo_id")["teaching_problem_id"].first())
    assert (by_problem.nunique() == 1).all()
    known = table.set_index("problem_id")
    for row in demos.itertuples():
        assert known.loc[str(row.exam_problem_id), "role"] == "exam"
        assert known.loc[str(row.exam_problem_id), "family"] == row.family
        assert known.loc[str(row.teaching_problem_id), "family"] == row.family
    answered = sum(verdict in ("correct", "wrong") for verdict in verdicts)
    assert len(examined) == answered * sum(n for n, _ in sizes.values())
    assert {len(exam) for exam in examined} <= {min(wanted, n) for _, n in sizes.values()}


def test_an_exam_problem_that_asks_what_was_taught_is_never_used() -> None:
    table = problems({"a": 1}, {"a": 3})
    table.loc[1, "question"] = "A teaching  0"
    plan = plan_of(table, ["correct"])
    assert set(plan["exam_problem_id"]) == {"a-exam-1", "a-exam-2"}


def test_a_family_that_cannot_be_examined_is_named() -> None:
    with pytest.raises(DataError, match=r"family 'b' of teaching problem b-teaching-0 \(mine\.jsonl:0\)"):
        plan_of(problems({"a": 1, "b": 1}, {"a": 3}), ["correct"])


def test_fewer_exam_problems_than_wanted_are_used_and_said(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        plan = plan_of(problems({"a": 1}, {"a": 2}), ["correct"])
    assert len(plan) == 4
    assert "exams.problems_per_demo" in caplog.text


def test_more_exam_problems_keep_those_that_were_sat() -> None:
    table = problems({"a": 3}, {"a": 9})
    few, more = plan_of(table, ["correct"], 2), plan_of(table, ["correct"], 5)
    assert few[few["demo_id"].notna()].merge(more, how="inner").shape[0] == 6


def test_without_an_answer_there_is_no_exam() -> None:
    assert plan_of(problems({"a": 1}, {"a": 2}), ["truncated"]).empty
