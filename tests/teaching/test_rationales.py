"""The teacher's rationales: one request a problem, graded, and equal texts known as equal."""

from collections import Counter

import pandas as pd
import pytest

from lbt import tables
from lbt.asking import Asked, Asker
from lbt.errors import ModelError
from lbt.generation import SamplingSettings
from lbt.generation.engines.scripted import Script, scripted_model
from lbt.teaching import TeachingSettings, sample_rationales

PROBLEMS = pd.DataFrame(
    {
        "problem_id": ["b", "a", "e"],
        "family": ["f", "f", "f"],
        "question": ["2 + 2?", "1 + 1?", "3 + 3?"],
        "answer": ["4", "2", "6"],
        "role": ["teaching", "teaching", "exam"],
    }
)


def teach(asker: Asker, script: Script, samples: int = 3) -> Asked:
    settings = TeachingSettings(samples=samples, sampling=SamplingSettings(temperature=1.0, max_tokens=3))
    teacher = scripted_model(script, "teacher", max_failed_fraction=1)
    return sample_rationales(asker, PROBLEMS, teacher, settings)


def test_each_teaching_problem_is_one_request_with_all_samples(asker: Asker) -> None:
    seen: Counter[object] = Counter()

    def script(messages: object, sample: int) -> str:
        seen[messages] += 1
        return f"#### {sample}"

    asked = teach(asker, script)
    assert seen == {(("user", "1 + 1?"),): 3, (("user", "2 + 2?"),): 3}
    assert list(asked.table["rationale_id"]) == ["a/0", "a/1", "a/2", "b/0", "b/1", "b/2"]
    assert asked.usage == {
        "new": 6,
        "reused": 0,
        "failed": 0,
        "tokens": 12,
        "seconds": asked.usage["seconds"],
    }
    tables.rationales.validate(asked.table)


def test_rationales_are_graded_against_their_problem(asker: Asker) -> None:
    taught = teach(asker, lambda messages, sample: "so\n#### 4" if sample else "a text that is too long")
    verdicts = taught.table.set_index("rationale_id")["verdict"]
    assert verdicts["a/0"] == "truncated"
    assert verdicts["a/1"] == "wrong"
    assert verdicts["b/1"] == "correct"


def test_equal_texts_of_one_problem_are_one_demo(asker: Asker) -> None:
    rationales = teach(asker, lambda messages, sample: f"#### {min(sample, 1)}").table
    assert list(rationales.groupby("problem_id")["demo_id"].nunique()) == [2, 2]
    assert rationales["demo_id"].nunique() == 4  # the same text explains another problem


def test_a_failed_generation_is_an_error_and_no_answer(asker: Asker) -> None:
    asked = teach(asker, lambda messages, sample: "#### 4" if sample else None)
    failed = asked.table[asked.table["verdict"] == "error"]
    assert len(failed) == asked.usage["failed"] == 2
    assert failed["answer"].isna().all()
    assert set(failed["text"]) == {""}
    tables.rationales.validate(asked.table)


def test_a_teacher_that_answers_nothing_is_shown_with_what_to_check(asker: Asker) -> None:
    with pytest.raises(ModelError, match=r"no readable answer in 6 texts.*'hm'.*chat template"):
        teach(asker, lambda messages, sample: "hm")


def test_a_teacher_that_failed_is_told_apart_from_one_that_answers_nothing(asker: Asker) -> None:
    with pytest.raises(ModelError, match=r"all 6 generations failed"):
        teach(asker, lambda messages, sample: None)
