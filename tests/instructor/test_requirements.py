"""Promises of what is refused before a model is asked, each with what to do about it."""

from typing import Any

import pandas as pd
import pytest
from pydantic import ValidationError

from lbt.errors import LbtError
from lbt.evaluation import EvaluationSettings
from lbt.generation import ModelsSettings, SamplingSettings
from lbt.generation.engines.scripted import scripted_model
from lbt.grading import domain_named
from lbt.instructor.requirements import check_requirements

from .conftest import instructor_settings, weak

EVALUATION = EvaluationSettings(samples=0, sampling=SamplingSettings(temperature=0, max_tokens=96))
SCRIPTED = scripted_model(lambda messages, sample: "#### 1", "a script")


def check(problems: pd.DataFrame, domain: str = "number", students: Any = None, **options: Any) -> None:
    models = ModelsSettings(teacher=weak(), students=students or {"weak": weak()})
    check_requirements(problems, models, instructor_settings(**options), EVALUATION, domain_named(domain))


def test_what_is_in_order_passes(problems: pd.DataFrame) -> None:
    check(problems)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"target": "nobody"}, r"there is no models\.students\.nobody\. Students: weak"),
        ({"students": {"weak": SCRIPTED}}, r"models\.students\.weak: .* cannot be trained"),
        ({"domain": "code"}, r"new problems would come without tests"),
    ],
)
def test_who_cannot_learn_or_be_checked_is_refused(
    problems: pd.DataFrame, wrong: dict[str, Any], told: str
) -> None:
    with pytest.raises(LbtError, match=told):
        check(problems, **wrong)


def test_problems_that_nothing_can_be_drawn_for_or_measured_on_are_refused(problems: pd.DataFrame) -> None:
    with pytest.raises(LbtError, match=r"Set problems\.evaluation"):
        check(problems[problems["role"] != "evaluation"])
    of_a_file = problems.assign(source="mine.jsonl:1")
    with pytest.raises(LbtError, match=r"not for those of mine\.jsonl:1.*questions: written"):
        check(of_a_file)
    check(of_a_file, questions="written", verify="majority")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"questions": "written"}, "the true answers of written questions are not known"),
        ({"arms": ["le", "le"]}, "names an arm twice"),
        ({"arms": []}, "arms"),
        ({"minimum_items": 500}, "minimum_items .500. is more than items"),
        ({"mix": 1.0}, "mix"),
        ({"itms": 5}, "itms"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        instructor_settings(**wrong)


@pytest.mark.parametrize(
    ("place", "text"),
    [("error", "{question}"), ("contrast", "{question} {answer}"), ("imitation", "no place")],
)
def test_a_prompt_that_does_not_show_what_it_is_about_is_refused(place: str, text: str) -> None:
    prompts = instructor_settings().prompts.model_dump() | {place: text}
    with pytest.raises(ValidationError, match="must hold"):
        instructor_settings(prompts=prompts)
