"""Promises of the plan of an instruction: upper bounds, and the prompts as they would be sent."""

from typing import Any

import pandas as pd
import pytest
from tests.instructor.conftest import instructor_settings

from lbt.evaluation import EvaluationSettings
from lbt.exams import ExamSettings
from lbt.generation import ModelsSettings, SamplingSettings
from lbt.generation.engines.scripted import scripted_model
from lbt.grading import GradingSettings
from lbt.planning import DryRunSettings, RunSettings, rough_promptings
from lbt.planning.instructor import can_instruct, instructor_job
from lbt.pocket.problems import draw_problems
from lbt.preferences import PreferenceSettings
from lbt.prompts import DebugSettings, PromptSettings
from lbt.refine import RefineSettings
from lbt.search import SearchSettings
from lbt.teaching import TeachingSettings
from lbt.training import TrainingSettings

SAMPLING = SamplingSettings(temperature=1, max_tokens=10)
TEACHER = scripted_model(lambda messages, sample: "", "a teacher")
STUDENT = scripted_model(lambda messages, sample: "", "a student")


@pytest.fixture(scope="module")
def problems() -> pd.DataFrame:
    return draw_problems(teaching=10, exam_per_family=1, evaluation=6, lucky_share=0.5, seed=0)


def settings(**options: Any) -> RunSettings:
    return RunSettings(
        exams=ExamSettings(sampling=SAMPLING),
        models=ModelsSettings(teacher=TEACHER, students={"weak": STUDENT}),
        prompts=PromptSettings(),
        teaching=TeachingSettings(sampling=SAMPLING),
        search=SearchSettings(),
        instructor=instructor_settings(**{"problems": 10, "items": 12, "minimum_items": 1} | options),
        preferences=PreferenceSettings(),
        training=TrainingSettings(),
        evaluation=EvaluationSettings(samples=0, sampling=SAMPLING),
        seed=0,
        domain="number",
        grading=GradingSettings(),
        debug=DebugSettings(),
        refine=RefineSettings(),
        dry_run=DryRunSettings(),
    )


def plan(problems: pd.DataFrame, **options: Any) -> tuple[dict[str, int], dict[str, str]]:
    planned = settings(**options)
    job = instructor_job(planned, problems, rough_promptings(planned.models))
    return {load.stage: load.generations for load in job.loads}, dict(job.prompts)


def test_answers_are_counted_for_every_arm_and_iteration(problems: pd.DataFrame) -> None:
    counts, _ = plan(problems, iterations=3)
    assert counts["answers of the target, base: held out"] == 6
    assert counts["answers of the target, base: training"] == 10
    for arm in ("original", "blind", "le", "lec"):
        assert counts[f"answers of the target, {arm}: held out"] == 3 * 6
    assert counts["answers of the target, lec: training"] == 2 * 10
    assert "answers of the target, blind: training" not in counts
    assert counts["answers of the instructor"] == 10 * 4


@pytest.mark.parametrize("spare", [0, 1])
def test_no_number_of_errors_asks_for_more_than_is_counted(problems: pd.DataFrame, spare: int) -> None:
    counts, _ = plan(problems, spare=spare, iterations=1, verify="majority", votes=2)
    asked = [errors * (-(-12 // errors) + spare) for errors in range(1, 11)]
    assert counts["le: worked answers"] == max(asked)
    assert counts["le: verification"] == 3 * max(asked)


def test_written_problems_are_a_request_a_source_and_every_prompt_is_shown(problems: pd.DataFrame) -> None:
    counts, prompts = plan(problems, questions="written", verify="majority", iterations=2, votes=3)
    assert counts["le: new problems"] == counts["blind: new problems"] == 2 * 10
    assert set(prompts) == {
        f"instructor, {arm}: {kind}"
        for arm in ("blind", "le", "lec")
        for kind in ("new problems", "verification")
    }
    assert "answered wrongly" not in prompts["instructor, blind: new problems"]
    assert "<what the target answered>" in prompts["instructor, le: new problems"]
    assert "did answer correctly" in prompts["instructor, lec: new problems"]
    for text in (prompts[f"instructor, {arm}: new problems"] for arm in ("blind", "le", "lec")):
        assert "### Problem 1" in text
        assert "{" not in text


def test_a_plan_is_made_only_where_there_is_a_target_and_something_to_measure_on(
    problems: pd.DataFrame,
) -> None:
    assert can_instruct(settings(), problems)
    assert not can_instruct(settings(target="nobody"), problems)
    assert not can_instruct(settings(), problems[problems["role"] != "evaluation"])
    assert not can_instruct(settings(), problems.assign(source="mine.jsonl:1"))
