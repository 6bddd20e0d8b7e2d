"""A student's exams: what is asked, how it is graded, and what is said if nothing comes back."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pytest

from lbt import tables
from lbt.errors import ModelError
from lbt.exams import ExamSettings, plan_exams, sit_exams
from lbt.generation import Completion, GenerationStore, ModelSettings, Request, Samples, SamplingSettings
from lbt.grading import domain_named
from lbt.prompts import PromptSettings

NUMBER = domain_named("number")

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


def sit(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    answer: Callable[[Request, int], Completion | None],
    temperature: float = 0.7,
) -> tuple[pd.DataFrame, list[Request]]:
    """Run the stage over a scripted student."""
    seen: list[Request] = []

    def generate(
        model: ModelSettings,
        requests: Sequence[Request],
        store: GenerationStore,
        label: str,
        stopping: object,
    ) -> Samples:
        seen.extend(requests)
        answers = [[answer(request, i) for i in range(request.samples)] for request in requests]
        return Samples(completions=answers, new=1, reused=2, failed=0, tokens=3, seconds=0.5)

    monkeypatch.setattr("lbt.exams.sitting.generate", generate)
    settings = ExamSettings(
        problems_per_demo=2, repeats=2, sampling=SamplingSettings(temperature=temperature, max_tokens=9)
    )
    plan = plan_exams(PROBLEMS, RATIONALES, settings, 0)
    with GenerationStore(tmp_path / "store.db") as store:
        answers, usage = sit_exams(
            plan,
            PROBLEMS,
            RATIONALES,
            "s1",
            ModelSettings(path="models/s1"),
            PromptSettings(),
            settings,
            store,
            0,
            NUMBER,
        )
    assert usage["reused"] == 2
    return answers, seen


def says(text: str) -> Completion:
    return Completion(text=text, finish_reason="stop", prompt_tokens=5, tokens=4)


def test_the_repeats_of_an_exam_are_one_request_and_the_baseline_is_asked_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answers, requests = sit(monkeypatch, tmp_path, lambda request, i: says("#### 4"))
    assert [request.samples for request in requests] == [2] * 6  # (two demos + baseline) x two problems
    assert len({request.messages for request in requests}) == 6
    assert len(answers) == 12
    assert len(answers[answers["demo_id"].isna()]) == 4
    tables.exam_answers.validate(answers)


def test_a_demo_stands_before_the_exam_problem_and_not_in_the_baseline(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _, requests = sit(monkeypatch, tmp_path, lambda request, i: says("#### 4"))
    contents = [[content for _, content in request.messages] for request in requests]
    assert ["1 + 1?", "add\n#### 2", "2 + 2?"] in contents
    assert ["1 + 1?", "guess\n#### 3", "3 + 3?"] in contents
    assert ["2 + 2?"] in contents


def test_answers_are_graded_against_the_exam_problem(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    answers, _ = sit(monkeypatch, tmp_path, lambda request, i: says("#### 4") if i else None)
    verdicts = answers.set_index(["exam_problem_id", "repeat"])["verdict"]
    assert set(verdicts["e1", 1]) == {"correct"}
    assert set(verdicts["e2", 1]) == {"wrong"}
    assert set(verdicts["e1", 0]) == {"error"}
    tables.exam_answers.validate(answers)


def test_greedy_exams_are_not_repeated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    answers, requests = sit(monkeypatch, tmp_path, lambda request, i: says("#### 4"), temperature=0)
    assert {request.samples for request in requests} == {1}
    assert len(answers) == 6


def test_a_student_that_answers_nothing_is_named_with_what_to_check(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(ModelError) as caught:
        sit(monkeypatch, tmp_path, lambda request, i: says("I like turtles"))
    for part in (
        "'s1' (models/s1)",
        "12 exam answers",
        "I like turtles",
        "chat template",
        "max_tokens",
        "####",
    ):
        assert part in str(caught.value)
    with pytest.raises(ModelError, match="all 12 generations failed"):
        sit(monkeypatch, tmp_path, lambda request, i: None)
