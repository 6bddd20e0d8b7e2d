"""Exam problems with the taught problem's answer: avoided where others suit, and counted."""

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lbt.exams import ExamSettings, plan_exams, report_exams, same_answer_figures
from lbt.exams.makers import make_exams
from lbt.generation import SamplingSettings
from lbt.grading import domain_named

UNHURRIED = hypothesis_settings(deadline=None, max_examples=60)
NUMBER = domain_named("number")
SPELLINGS = {"12": ["12", "12.0", "$12", "12 apples"], "1000": ["1000", "1,000"], "1/2": ["0.5", "1/2"]}
ANSWERS = st.sampled_from([spelling for spellings in SPELLINGS.values() for spelling in spellings])
MAKERS = st.sampled_from(
    [{"maker": "family"}, {"maker": "nearest"}, {"maker": "subject_level", "subject_level": {"level": "any"}}]
)


def settings(same_answer: str, wanted: int | None = 2, **options: Any) -> ExamSettings:
    sampling = SamplingSettings(temperature=0.7, max_tokens=20)
    return ExamSettings(same_answer=same_answer, problems_per_demo=wanted, sampling=sampling, **options)


def problems(taught: list[str], examined: list[str]) -> pd.DataFrame:
    """A family of different questions with these answers."""
    answers = [*(("teaching", one) for one in taught), *(("exam", one) for one in examined)]
    rows = [(f"p{n:03}", role, f"What is number {n}?", answer) for n, (role, answer) in enumerate(answers)]
    table = pd.DataFrame(rows, columns=["problem_id", "role", "question", "answer"])
    return table.assign(family="f", source="mine.jsonl:1", subject="s", level=1)


def demos(table: pd.DataFrame) -> pd.DataFrame:
    taught = table.loc[table["role"] == "teaching", "problem_id"]
    rows = [(name, 0, f"{name}:0", "correct") for name in taught]
    return pd.DataFrame(rows, columns=["problem_id", "sample_index", "demo_id", "verdict"])


def exams_of(table: pd.DataFrame, chosen: ExamSettings, domain: str = "number") -> dict[str, list[str]]:
    return make_exams(table[table["role"] == "teaching"], table, chosen, 0, domain_named(domain))


def classes(table: pd.DataFrame) -> dict[str, str]:
    of = {spelling: name for name, spellings in SPELLINGS.items() for spelling in spellings}
    return dict(zip(table["problem_id"], table["answer"].map(of), strict=True))


@UNHURRIED
@given(
    st.lists(ANSWERS, min_size=1, max_size=4), st.lists(ANSWERS, min_size=1, max_size=9), MAKERS, st.data()
)
def test_the_taught_answer_is_examined_only_where_too_few_others_suit(
    taught: list[str], examined: list[str], maker: dict[str, Any], data: st.DataObject
) -> None:
    wanted = data.draw(st.integers(1, 6))
    table = problems(taught, examined)
    own = classes(table)
    pool = list(table.loc[table["role"] == "exam", "problem_id"])
    for name, exam in exams_of(table, settings("avoid", wanted, **maker)).items():
        others = sum(own[one] != own[name] for one in pool)
        assert len(exam) == min(wanted, len(pool))
        assert sum(own[one] == own[name] for one in exam) == max(0, len(exam) - others)


@UNHURRIED
@given(st.lists(ANSWERS, min_size=1, max_size=4), st.lists(ANSWERS, min_size=1, max_size=9), MAKERS)
def test_where_it_is_allowed_answers_have_no_influence(
    taught: list[str], examined: list[str], maker: dict[str, Any]
) -> None:
    table = problems(taught, examined)
    allowed = exams_of(table, settings("allow", **maker))
    assert exams_of(table.assign(answer="7"), settings("allow", **maker)) == allowed
    different = table.assign(answer=[str(n) for n in range(len(table))])
    assert exams_of(different, settings("avoid", **maker)) == allowed


@UNHURRIED
@given(st.lists(ANSWERS, min_size=1, max_size=4), st.lists(ANSWERS, min_size=1, max_size=9))
def test_the_report_before_a_run_and_the_figures_after_it_count_the_same(
    taught: list[str], examined: list[str]
) -> None:
    table = problems(taught, examined)
    for same_answer in ("avoid", "allow"):
        chosen = settings(same_answer, 3)
        plan = plan_exams(table, demos(table), chosen, 0, NUMBER)
        report, figures = report_exams(table, chosen, 0, NUMBER), same_answer_figures(plan, table, NUMBER)
        assert report["same_answer"] == same_answer
        assert figures["exam.same_answer"] == report["with_same_answer"]
        own = classes(table)
        pairs = [(one, other) for one, exam in exams_of(table, chosen).items() for other in exam]
        assert figures["exam.pairs"] == len(pairs)
        assert figures["exam.same_answer"] == sum(own[one] == own[other] for one, other in pairs)


def test_without_an_exam_there_is_nothing_to_count() -> None:
    table = problems(["12"], ["12"])
    plan = plan_exams(table, demos(table), settings("allow"), 0, NUMBER)
    assert same_answer_figures(plan[plan["demo_id"].isna()], table, NUMBER) == {}


@pytest.mark.parametrize(
    ("domain", "one", "other", "same"),
    [
        ("math", r"\frac{1}{2}", "0.5", True),
        ("math", "(1, 2)", "( 1,2 )", True),
        ("math", "x+1", "x+2", False),
        ("text", "Paris", " paris ", True),
        ("number", "twelve", "twelve", False),
    ],
)
def test_answers_are_the_same_as_the_domain_has_it(domain: str, one: str, other: str, same: bool) -> None:
    table = problems([one], [other, "77"])
    chosen = settings("avoid", 1)
    assert report_exams(table, settings("allow"), 0, domain_named(domain))["with_same_answer"] == same
    if same:
        assert exams_of(table, chosen, domain) == {"p000": ["p002"]}


def test_where_answers_choose_an_exam_does_not_tell_the_taught_one_by_leaving_it_out() -> None:
    table = problems(["yes", "no"], ["yes", "no"] * 4)
    for chosen in (settings("avoid", 3), settings("allow", 3)):
        assert exams_of(table, chosen, "choice") == exams_of(table, settings("allow", 3), "number")
        assert report_exams(table, chosen, 0, domain_named("choice"))["with_same_answer"] == 0
