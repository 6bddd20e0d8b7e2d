"""A probe asks little, keeps nothing, and tells how long all of it takes."""

import time
from collections.abc import Sequence
from typing import Any

import pytest
from tests.planning.test_plan import SETTINGS, plan

from lbt.generation import ModelsSettings
from lbt.generation.engines.scripted import scripted_model
from lbt.planning import DryRunSettings, describe_plan
from lbt.planning.counting import PLACEHOLDER
from lbt.planning.probing import Sample, Speed, probe

ANSWERS = 12
SECONDS = 0.02
SAID = "The teacher says that it is seven.\n#### 7"


class Talk:
    """What scripted models were asked."""

    def __init__(self) -> None:
        self.heard: dict[str, list[str]] = {"teacher": [], "student": []}

    def models(self) -> ModelsSettings:
        def teacher(messages: Sequence[tuple[str, str]], sample: int) -> str:
            return self.hear("teacher", messages)

        def student(messages: Sequence[tuple[str, str]], sample: int) -> str:
            return self.hear("student", messages)

        return ModelsSettings(
            teacher=scripted_model(teacher, "teacher"),
            students={"strong": scripted_model(student, "student")},
        )

    def hear(self, who: str, messages: Sequence[tuple[str, str]]) -> str:
        self.heard[who].append("\n".join(content for _, content in messages))
        time.sleep(SECONDS)
        return SAID


@pytest.fixture(scope="module")
def probed() -> tuple[Talk, dict[str, Any]]:
    talk = Talk()
    return talk, plan(
        models=talk.models(), dry_run=DryRunSettings(jobs=("lbt_finetune", "lbt_search"), probe=ANSWERS)
    )


def test_the_time_is_that_of_all_answers_at_the_speed_of_a_few(probed: tuple[Talk, dict[str, Any]]) -> None:
    for job in probed[1]["jobs"].values():
        for load in job["loads"]:
            expected = load["generations"] * SECONDS
            assert expected / 1.5 < job["seconds"][load["stage"]] < 1.5 * expected + 0.5, load["stage"]


def test_a_few_answers_are_asked_for_and_equal_stages_asked_once(
    probed: tuple[Talk, dict[str, Any]],
) -> None:
    talk, planned = probed
    stages = {load["stage"] for job in planned["jobs"].values() for load in job["loads"]}
    asked = sum(map(len, talk.heard.values()))
    assert asked < (len(stages) + 1) * 1.5 * ANSWERS
    base, tuned = (
        planned["jobs"]["lbt_finetune"]["seconds"][f"evaluation of {label}"] for label in ("base", "tuned")
    )
    assert base == tuned


def test_a_demo_of_the_probe_is_what_the_teacher_said(probed: tuple[Talk, dict[str, Any]]) -> None:
    talk, _ = probed
    assert not any(PLACEHOLDER in said for some in talk.heard.values() for said in some)
    assert any(SAID in said for said in talk.heard["student"])


def test_the_report_tells_the_time_and_without_a_probe_that_none_was_asked(
    probed: tuple[Talk, dict[str, Any]],
) -> None:
    assert "Answering takes about" in describe_plan(probed[1])
    planned = plan(models=Talk().models(), dry_run=DryRunSettings(jobs=("lbt_search",)))
    report = describe_plan(planned)
    assert "Answering takes" not in report
    assert "none was asked" in report


def test_a_stage_that_asks_nothing_takes_no_time() -> None:
    assert Speed(answers=10, seconds=5.0, loading=60.0).predict(0) == 0
    assert Speed(answers=10, seconds=5.0, loading=60.0).predict(20) == 70


def test_a_stage_whose_answers_fail_has_no_speed() -> None:
    from lbt.asking import Task

    silent = scripted_model(lambda messages, sample: None, "silent", max_failed_fraction=1.0)
    task = Task([{"role": "user", "content": "?"}], "1", {}, 3, SETTINGS["teaching"].sampling)
    assert probe({"teaching": Sample(silent, [task])}, "", PLACEHOLDER, 3) == {}
