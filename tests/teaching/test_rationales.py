"""The teacher's rationales: one request a problem, graded, and equal texts known as equal."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from lbt.teaching.asking import make_request

from lbt import tables
from lbt.errors import ModelError
from lbt.generation import Completion, GenerationStore, ModelSettings, Request, Samples, SamplingSettings
from lbt.grading import domain_named
from lbt.prompts import PromptSettings
from lbt.teaching import TeachingSettings, sample_rationales

NUMBER = domain_named("number")

SAMPLING = SamplingSettings(temperature=1.0, max_tokens=20)
PROBLEMS = pd.DataFrame(
    {
        "problem_id": ["b", "a", "e"],
        "family": ["f", "f", "f"],
        "question": ["2 + 2?", "1 + 1?", "3 + 3?"],
        "answer": ["4", "2", "6"],
        "role": ["teaching", "teaching", "exam"],
    }
)


def teach(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    answer: Callable[[Request, int], Completion | None],
    samples: int = 3,
) -> tuple[pd.DataFrame, dict[str, float], list[Request]]:
    """Run the stage over a scripted model."""
    seen: list[Request] = []

    def generate(
        model: ModelSettings, requests: Sequence[Request], store: GenerationStore, label: str
    ) -> Samples:
        seen.extend(requests)
        answers = [[answer(request, i) for i in range(request.samples)] for request in requests]
        return Samples(completions=answers, new=6, reused=0, failed=0, tokens=30, seconds=1.0)

    monkeypatch.setattr("lbt.teaching.rationales.generate", generate)
    with GenerationStore(tmp_path / "store.db") as store:
        rationales, usage = sample_rationales(
            PROBLEMS,
            ModelSettings(path="models/teacher"),
            PromptSettings(),
            TeachingSettings(samples=samples, sampling=SAMPLING),
            store,
            7,
            NUMBER,
        )
    return rationales, usage, seen


def says(text: str, finish_reason: str = "stop") -> Completion:
    return Completion(text=text, finish_reason=finish_reason, prompt_tokens=5, tokens=4)  # type: ignore[arg-type]


def test_each_teaching_problem_is_one_request_with_all_samples(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rationales, usage, requests = teach(monkeypatch, tmp_path, lambda request, i: says(f"#### {i}"))
    assert [request.samples for request in requests] == [3, 3]
    assert [request.messages for request in requests] == [(("user", "1 + 1?"),), (("user", "2 + 2?"),)]
    assert list(rationales["rationale_id"]) == ["a/0", "a/1", "a/2", "b/0", "b/1", "b/2"]
    assert usage == {"new": 6, "reused": 0, "failed": 0, "tokens": 30, "seconds": 1.0}
    tables.rationales.validate(rationales)


def test_rationales_are_graded_against_their_problem(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    rationales, *_ = teach(
        monkeypatch, tmp_path, lambda request, i: says("so\n#### 4" if i else "so", "length")
    )
    verdicts = rationales.set_index("rationale_id")["verdict"]
    assert verdicts["a/0"] == "truncated"
    assert verdicts["a/1"] == "wrong"
    assert verdicts["b/1"] == "correct"


def test_equal_texts_of_one_problem_are_one_demo(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    rationales, *_ = teach(monkeypatch, tmp_path, lambda request, i: says(f"#### {min(i, 1)}"))
    assert list(rationales.groupby("problem_id")["demo_id"].nunique()) == [2, 2]
    assert rationales["demo_id"].nunique() == 4  # the same text explains another problem


def test_a_failed_generation_is_an_error_and_no_answer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rationales, *_ = teach(monkeypatch, tmp_path, lambda request, i: says("#### 4") if i else None)
    failed = rationales[rationales["verdict"] == "error"]
    assert len(failed) == 2
    assert failed["answer"].isna().all()
    assert set(failed["text"]) == {""}
    tables.rationales.validate(rationales)


def test_a_teacher_that_answers_nothing_is_told_apart_from_one_that_failed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match=r"no readable answer in 6 rationales.*'hm'.*chat template"):
        teach(monkeypatch, tmp_path, lambda request, i: says("hm"))
    with pytest.raises(ModelError, match=r"all 6 generations failed"):
        teach(monkeypatch, tmp_path, lambda request, i: None)


def test_a_request_differs_from_a_larger_one_in_its_number_of_samples_only() -> None:
    messages = [{"role": "user", "content": "1 + 1?"}]
    one = make_request(messages, PromptSettings(), 1, SAMPLING, 7)
    assert make_request(messages, PromptSettings(), 16, SAMPLING, 7) == replace(one, samples=16)
    assert make_request(messages, PromptSettings(prefill="So"), 1, SAMPLING, 7).prefill == "So"
