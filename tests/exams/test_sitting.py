"""A student's exams: what is asked, how it is graded, and what is said if nothing comes back."""

from collections import Counter
from collections.abc import Sequence

import pandas as pd
import pytest

from lbt import tables
from lbt.asking import Asked, Asker
from lbt.errors import ModelError
from lbt.exams import ExamPapers, ExamSettings, plan_exams, sit_exams
from lbt.generation import SamplingSettings
from lbt.generation.engines.scripted import Script, scripted_model

PROBLEMS = pd.DataFrame(
    {
        "problem_id": ["t", "e1", "e2"],
        "family": ["f", "f", "f"],
        "question": ["1 + 1?", "2 + 2?", "3 + 3?"],
        "answer": ["2", "4", "6"],
        "role": ["teaching", "exam", "exam"],
        "source": ["pocket"] * 3,
    }
)
RATIONALES = pd.DataFrame(
    {
        "problem_id": ["t", "t", "t"],
        "demo_id": ["d1", "d2", "d1"],
        "text": ["add\n#### 2", "guess\n#### 3", "add\n#### 2"],
        "verdict": ["correct", "wrong", "correct"],
    }
)


def sit(asker: Asker, *scripts: Script, temperature: float = 0.7) -> Asked:
    """The exams of students s1, s2, … who answer with these scripts."""
    settings = ExamSettings(
        problems_per_demo=2, repeats=2, sampling=SamplingSettings(temperature=temperature, max_tokens=9)
    )
    plan = plan_exams(PROBLEMS, RATIONALES, settings, 0, asker.domain)
    papers = ExamPapers(plan, PROBLEMS, RATIONALES, asker.prompts, settings, asker.domain)
    names = [f"s{number}" for number, _ in enumerate(scripts, start=1)]
    students = {
        name: scripted_model(script, name, max_failed_fraction=1)
        for name, script in zip(names, scripts, strict=True)
    }
    return sit_exams(asker, papers, students)


def four(messages: object, sample: int) -> str:
    return "#### 4"


def test_the_repeats_of_an_exam_are_one_request_and_the_baseline_is_asked_once(asker: Asker) -> None:
    seen: Counter[object] = Counter()

    def script(messages: object, sample: int) -> str:
        seen[messages] += 1
        return "#### 4"

    asked = sit(asker, script)
    assert list(seen.values()) == [2] * 6  # (two demos + baseline) x two problems
    assert len(asked.table) == 12
    assert len(asked.table[asked.table["demo_id"].isna()]) == 4
    tables.exam_answers.validate(asked.table)


def test_a_demo_stands_before_the_exam_problem_and_not_in_the_baseline(asker: Asker) -> None:
    contents: list[list[str]] = []

    def script(messages: Sequence[tuple[str, str]], sample: int) -> str:
        contents.append([content for _, content in messages])
        return "#### 4"

    sit(asker, script)
    assert ["1 + 1?", "add\n#### 2", "2 + 2?"] in contents
    assert ["1 + 1?", "guess\n#### 3", "3 + 3?"] in contents
    assert ["2 + 2?"] in contents


def test_answers_are_graded_against_the_exam_problem(asker: Asker) -> None:
    asked = sit(asker, lambda messages, sample: "#### 4" if sample else None)
    verdicts = asked.table.set_index(["exam_problem_id", "repeat"]).sort_index()["verdict"]
    assert set(verdicts["e1", 1]) == {"correct"}
    assert set(verdicts["e2", 1]) == {"wrong"}
    assert set(verdicts["e1", 0]) == {"error"}
    tables.exam_answers.validate(asked.table)


def test_greedy_exams_are_not_repeated(asker: Asker) -> None:
    asked = sit(asker, four, temperature=0)
    assert asked.usage["new"] == len(asked.table) == 6


def test_students_sit_one_after_the_other_and_their_usage_is_summed(asker: Asker) -> None:
    asked = sit(asker, four, lambda messages, sample: "#### 6" if sample else None)
    assert list(asked.table["student"].drop_duplicates()) == ["s1", "s2"]
    assert (asked.usage["new"], asked.usage["failed"]) == (12 + 6, 6)
    assert sit(asker, four).usage["reused"] == 12


def test_a_student_that_answers_nothing_is_named_with_what_to_check(asker: Asker) -> None:
    with pytest.raises(ModelError) as caught:
        sit(asker, lambda messages, sample: "I like turtles")
    for part in (
        "'s1' (function:s1)",
        "12 texts",
        "I like turtles",
        "chat template",
        "max_tokens",
        "####",
    ):
        assert part in str(caught.value)


def test_a_student_whose_generations_all_fail_is_told_apart(asker: Asker) -> None:
    with pytest.raises(ModelError, match="all 12 generations failed"):
        sit(asker, lambda messages, sample: None)


def test_a_student_that_only_answers_is_given_the_beginning_and_few_tokens(asker: Asker) -> None:
    settings = ExamSettings(
        mode="answer_only", problems_per_demo=1, sampling=SamplingSettings(temperature=0.7, max_tokens=90)
    )
    full = settings.model_copy(update={"mode": "full"})
    assert full.of_prompts(asker.prompts) == asker.prompts
    assert full.exam_sampling.max_tokens == 90
    assert settings.of_prompts(asker.prompts).prefill == "\n####"
    plan = plan_exams(PROBLEMS, RATIONALES, settings, 0, asker.domain)
    papers = ExamPapers(plan, PROBLEMS, RATIONALES, asker.prompts, settings, asker.domain)
    assert {task.sampling.max_tokens for task in papers.tasks("s")} == {8}
