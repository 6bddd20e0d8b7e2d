"""The adaptive examiner: its selection is the full exams', and it asks no more than it must."""

import itertools
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lbt.errors import DataError
from lbt.search import SearchSettings
from lbt.search.examiner import ExactExaminer, Examined, Question, RacingExaminer
from lbt.search.examiner.bounds import Contest
from lbt.search.selection import ExamRule, Ties, exam_score, select

Outcomes = dict[tuple[str, str, str], list[bool | None]]
"""By problem, demo and student."""

RULES = st.sampled_from(["max", "sum"])
TIES = st.sampled_from(["count", "first", "reference"])


@st.composite
def tables(
    draw: st.DrawFn, problems: int = 3, rationales: int = 14, most: int = 9
) -> tuple[list[Examined], list[str], Outcomes]:
    """Teaching problems with random answers, multiplicities and outcomes; few values, so many ties."""
    students = [f"s{number}" for number in range(draw(st.integers(1, 2)))]
    examined, outcomes = [], Outcomes()
    for number in range(draw(st.integers(1, problems))):
        answer_of = draw(st.lists(st.sampled_from(["1", "2", "3", None]), min_size=1, max_size=8))
        picks = draw(st.lists(st.integers(0, len(answer_of) - 1), min_size=1, max_size=rationales))
        planned = draw(st.integers(1, most))
        kinds = draw(st.sampled_from([[True, False], [True, False, None], [True, True, True, False]]))
        for demo, student in itertools.product(range(len(answer_of)), students):
            drawn = draw(st.lists(st.sampled_from(kinds), min_size=planned, max_size=planned))
            outcomes[f"p{number}", f"d{demo}", student] = drawn
        answers = [answer_of[pick] for pick in picks]
        examined.append(Examined(f"p{number}", answers, [f"d{pick}" for pick in picks], planned))
    return examined, students, outcomes


def selection_of_full_exams(
    problem: Examined, students: list[str], outcomes: Outcomes, rule: ExamRule, ties: Ties
) -> str | None:
    scores = []
    for demo in problem.demo_ids:
        drawn = [outcomes[problem.problem_id, demo, student] for student in students]
        marks = [(sum(one is True for one in some), sum(one is not None for one in some)) for some in drawn]
        scores.append(exam_score(marks))
    return select(problem.answers, scores, rule, ties)


def sit(examiner: ExactExaminer, outcomes: Outcomes) -> list[Question]:
    asked = []
    while questions := examiner.wave():
        asked += questions
        examiner.record({question: outcomes[question[:3]][question.number] for question in questions})
    return asked


@settings(max_examples=400, deadline=None)
@given(table=tables(), rule=RULES, ties=TIES, waves=st.integers(1, 12))
def test_the_selection_is_that_of_the_full_exams(
    table: tuple[list[Examined], list[str], Outcomes], rule: ExamRule, ties: Ties, waves: int
) -> None:
    problems, students, outcomes = table
    examiner = ExactExaminer(problems, students, SearchSettings(rule=rule, ties=ties, waves=waves))
    asked = sit(examiner, outcomes)
    assert examiner.done
    assert examiner.selected() == {
        problem.problem_id: selection_of_full_exams(problem, students, outcomes, rule, ties)
        for problem in problems
    }
    assert len(asked) == len(set(asked)) == examiner.asked <= examiner.planned
    assert examiner.waves_asked <= waves


@settings(max_examples=150, deadline=None)
@given(table=tables(problems=1, rationales=5, most=2), rule=RULES, ties=TIES, data=st.data())
def test_a_contest_is_decided_exactly_when_no_remaining_outcome_matters(
    table: tuple[list[Examined], list[str], Outcomes], rule: ExamRule, ties: Ties, data: st.DataObject
) -> None:
    (problem,), students, outcomes = table
    contest = Contest(problem.answers, problem.demo_ids, problem.questions, students, rule, ties)
    for exam in contest.exams:
        for outcome in outcomes["p0", exam.demo, exam.student][: data.draw(st.integers(0, exam.planned))]:
            exam.record(outcome)
    contest.update()
    unknown = [(exam, number) for exam in contest.exams for number in range(exam.asked, exam.planned)]
    if len(unknown) > 6:
        return
    selections = set()
    for endings in itertools.product([True, False, None], repeat=len(unknown)):
        completed = {key: list(drawn) for key, drawn in outcomes.items()}
        for (exam, number), outcome in zip(unknown, endings, strict=True):
            completed["p0", exam.demo, exam.student][number] = outcome
        selections.add(selection_of_full_exams(problem, students, completed, rule, ties))
    winner = contest.winner()
    assert (winner is not None and {winner.name} == selections) or (
        winner is None and (len(selections) > 1 or selections == {None})
    )


@pytest.mark.parametrize("rule", ["max", "sum"])
def test_problems_whose_answers_agree_or_are_missing_cost_no_exam(rule: ExamRule) -> None:
    problems = [
        Examined("same", ["4", "4", None], ["a", "b", "c"], 9),
        Examined("none", [None, None], ["a", "b"], 9),
        Examined("empty", [], [], 9),
    ]
    examiner = ExactExaminer(problems, ["strong"], SearchSettings(rule=rule))
    assert examiner.done
    assert examiner.wave() == []
    assert examiner.selected() == {"same": "4", "none": None, "empty": None}


def clear_case(problems: int = 40) -> tuple[list[Examined], Outcomes]:
    """Right answers in the minority, which teach nine times in ten; wrong ones that do so once in twenty."""
    rng = np.random.default_rng(0)
    examined, outcomes = [], Outcomes()
    for number in range(problems):
        right = rng.random(24) < 0.4
        answers = ["right" if one else f"wrong{rng.integers(3)}" for one in right]
        demos = [f"{answer}{rng.integers(6)}" for answer in answers]
        for demo, one in zip(demos, right, strict=True):
            drawn = rng.random(9) < (0.9 if one else 0.05)
            outcomes[f"p{number}", demo, "strong"] = [bool(outcome) for outcome in drawn]
        examined.append(Examined(f"p{number}", answers, demos, 9))
    return examined, outcomes


@pytest.mark.parametrize(("rule", "share"), [("sum", 0.5), ("max", 0.6)])
def test_most_exams_are_saved_where_teaching_tells_answers_apart(rule: ExamRule, share: float) -> None:
    problems, outcomes = clear_case()
    examiner = ExactExaminer(problems, ["strong"], SearchSettings(rule=rule))
    sit(examiner, outcomes)
    assert examiner.asked < share * examiner.planned


@pytest.mark.parametrize("rule", ["max", "sum"])
def test_racing_asks_less_and_mostly_agrees(rule: ExamRule) -> None:
    problems, outcomes = clear_case()
    exact = ExactExaminer(problems, ["strong"], SearchSettings(rule=rule))
    racing = RacingExaminer(problems, ["strong"], SearchSettings(rule=rule, racing_error=0.1), seed=0)
    sit(exact, outcomes)
    sit(racing, outcomes)
    selected, raced = exact.selected(), racing.selected()
    assert racing.asked < exact.asked
    assert np.mean([selected[problem] == raced[problem] for problem in selected]) >= 0.9


def test_racing_stops_the_same_way_in_every_run() -> None:
    problems, outcomes = clear_case(8)
    runs = [sit(RacingExaminer(problems, ["strong"], SearchSettings(), seed=3), outcomes) for _ in range(2)]
    assert runs[0] == runs[1]


def test_results_must_be_those_of_the_wave() -> None:
    problems, outcomes = clear_case(2)
    examiner = ExactExaminer(problems, ["strong"], SearchSettings())
    with pytest.raises(ValueError, match="not decided"):
        examiner.selected()
    questions = examiner.wave()
    results: Mapping[Question, Any] = {one: outcomes[one[:3]][one.number] for one in questions}
    with pytest.raises(ValueError, match="record them first"):
        examiner.wave()
    with pytest.raises(ValueError, match="1 questions are missing"):
        examiner.record(dict(list(results.items())[1:]))
    examiner.record(results)
    with pytest.raises(ValueError, match="were not asked"):
        examiner.record(results)


def test_unusable_arguments_are_refused() -> None:
    with pytest.raises(DataError, match="two answers"):
        ExactExaminer([Examined("p", ["1", "2"], ["a", "a"], 9)], ["strong"], SearchSettings())
    with pytest.raises(ValueError, match="twice"):
        ExactExaminer([Examined("p", ["1"], ["a"], 9)] * 2, ["strong"], SearchSettings())
    with pytest.raises(ValueError, match="one student"):
        ExactExaminer([], [], SearchSettings())


def test_failures_lower_n_and_are_not_counted_as_wrong() -> None:
    contest = Contest(["1"], ["a"], 3, ["strong"], "sum", "count")
    (exam,) = contest.exams
    for outcome in (None, True):
        exam.record(outcome)
    assert (exam.low, exam.high) == (Fraction(1, 2), Fraction(1))
