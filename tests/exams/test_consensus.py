"""Exams without gold answers: the teacher's consensus stands for them, and nothing else does."""

import pandas as pd
import pytest
from pydantic import ValidationError

from lbt import tables
from lbt.asking import Asker
from lbt.exams import ExamSettings, ask_for_consensus, with_consensus
from lbt.exams.settings import ConsensusSettings
from lbt.generation import SamplingSettings
from lbt.generation.engines.scripted import scripted_model
from lbt.grading import Voting, domain_named
from lbt.teaching import TeachingSettings

SAMPLING = SamplingSettings(temperature=1.0, max_tokens=9)
PROBLEMS = pd.DataFrame(
    {
        "problem_id": ["t", "e1", "e2", "e3"],
        "family": "f",
        "question": ["1 + 1?", "2 + 2?", "3 + 3?", "4 + 4?"],
        "answer": ["2", "4", "6", "8"],
        "role": ["teaching", "exam", "exam", "exam"],
        "source": "pocket",
        "lucky": pd.array([None] * 4, dtype="boolean"),
    }
)
SAID = {"2 + 2?": ["#### 4", "#### 4", "I do not know"], "3 + 3?": ["#### 9", "#### 9.0", "#### 9"]}


def teacher(question: str, sample: int) -> str:
    return next((said[sample] for asked, said in SAID.items() if asked in question), f"#### {sample}")


def agreed(asker: Asker, problems: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, float]]:
    settings = ConsensusSettings(samples=3)
    model = scripted_model(lambda messages, sample: teacher(messages[-1][1], sample), "teacher")
    asking = settings.of_teaching(TeachingSettings(samples=1, sampling=SAMPLING))
    answers = ask_for_consensus(asker, problems, model, asking).table
    tables.consensus_answers.validate(answers)
    return with_consensus(problems, answers, Voting.on(problems, domain_named("number")), settings)


def test_what_most_answers_say_stands_for_the_gold_of_an_exam_problem(asker: Asker) -> None:
    found, figures = agreed(asker, PROBLEMS)
    assert dict(zip(found["problem_id"], found["answer"], strict=True)) == {"t": "2", "e1": "4", "e2": "9"}
    assert figures == {"exam.consensus_share": pytest.approx(2 / 3), "exam.consensus_right": 0.5}


def test_the_gold_answers_of_exam_problems_change_nothing(asker: Asker) -> None:
    other = PROBLEMS.assign(answer=["2", "77", "78", "79"])
    found, again = agreed(asker, PROBLEMS)[0], agreed(asker, other)[0]
    pd.testing.assert_frame_equal(found, again)


def test_a_consensus_needs_exam_problems_of_its_own() -> None:
    with pytest.raises(ValidationError, match="teaching_problems"):
        ExamSettings(labels="consensus", teaching_problems=True, sampling=SAMPLING)
