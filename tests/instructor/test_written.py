"""Promises of an instructor that writes: what it says is used, counted, refused, and asked about once."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from lbt.asking import Asker
from lbt.errors import ModelError
from lbt.evaluation import EvaluationSettings
from lbt.generation import SamplingSettings
from lbt.generation.engines.scripted import Script, scripted_model
from lbt.instructor import (
    Instruction,
    Outcomes,
    accuracy_by_family,
    instructor_metrics,
    make_rounds,
    run_instruction,
)
from lbt.instructor.parsing import format_items
from lbt.reporting.instructor_summary import describe_instruction, summarise_instruction
from lbt.training import FineTuningSettings

from .conftest import instructor_settings, roles_of

EVALUATION = EvaluationSettings(
    samples=0, sampling=SamplingSettings(temperature=0, max_tokens=48), bootstrap_samples=100
)
QUICK: dict[str, Any] = {
    "questions": "written", "arms": ["blind", "le", "lec"], "iterations": 1, "items": 8, "minimum_items": 2,
    "spare": 0, "verify": "majority", "votes": 3, "answering": {"temperature": 0.0, "max_tokens": 48},
    "training": FineTuningSettings(epochs=1),
}  # fmt: skip


class Tutor:
    """A script that writes additions of its own numbers, and solves them; it keeps what it was asked."""

    def __init__(self, wrong: bool = False) -> None:
        self.asked: list[str] = []
        self.wrong = wrong

    def __call__(self, messages: Sequence[tuple[str, str]], sample: int) -> str:
        text = messages[-1][1]
        if "Write" not in text and "write" not in text:
            return f"#### {sum(int(word) for word in text.rstrip('?').split() if word.isdigit())}"
        self.asked.append(text)
        number = 1000 + 100 * len(self.asked)
        items = [
            (f"What is {number} plus {k} ?", f"{number}+{k}.\n#### {number + k + self.wrong}")
            for k in range(3)
        ]
        return format_items(items)


def run(asker: Asker, problems: pd.DataFrame, script: Script, tmp_path: Path, **options: Any) -> Instruction:
    roles = roles_of(
        asker, problems, scripted_model(script, f"tutor {id(script)}"), instructor_settings(**QUICK | options)
    )
    return run_instruction(roles, EVALUATION, tmp_path / "trainings")


def test_the_loop_asks_about_the_errors_trains_equally_and_reports(
    asker: Asker, problems: pd.DataFrame, tmp_path: Path
) -> None:
    tutor = Tutor()
    answers, _, items, log, trainings, usage = run(asker, problems, tutor, tmp_path).tables()
    wrong = answers[(answers["role"] == "teaching") & (answers["verdict"] != "correct")]
    assert 0 < len(wrong) < 10
    shown = {arm: [text for text in tutor.asked if mark in text] for arm, mark in (
        ("blind", "This is a problem"), ("le", "practise exactly"), ("lec", "Compare them"))}  # fmt: skip
    assert {arm: len(texts) for arm, texts in shown.items()} == {
        "blind": 8,
        "le": len(wrong),
        "lec": len(wrong),
    }
    questions = dict(zip(problems["problem_id"], problems["question"], strict=True))
    for name, text in wrong[["problem_id", "text"]].itertuples(index=False):
        assert any(questions[name] in prompt and text in prompt for prompt in shown["le"])
    assert not any(text in prompt for text in wrong["text"] for prompt in shown["blind"])
    lec = items[items["arm"] == "lec"]
    right = set(
        answers.loc[(answers["role"] == "teaching") & (answers["verdict"] == "correct"), "problem_id"]
    )
    assert set(" ".join(lec["contrast"]).split()) <= right
    learned = items[items["fate"] == "learned"].groupby("arm").size()
    assert learned.nunique() == 1
    assert trainings["trained"].all()
    assert set(log["arm"]) == {"blind", "le", "lec"}
    outcomes = Outcomes(answers, EVALUATION, 0)
    rounds = make_rounds(outcomes, items, trainings)
    assert rounds["strict"].eq(1).all()
    assert rounds["verified"].eq(1).all()
    metrics = instructor_metrics(outcomes, rounds)
    assert "instructor.lec_minus_blind_ci_low" in metrics
    assert "LE over error-blind" in summarise_instruction(rounds, metrics, usage)
    by_family = accuracy_by_family(outcomes, items)
    report = describe_instruction(problems, answers, items, rounds, by_family, 0)
    assert "The target had answered" in report


def test_what_was_asked_and_trained_is_not_asked_or_trained_again(
    asker: Asker, problems: pd.DataFrame, tmp_path: Path
) -> None:
    tutor = Tutor()
    first = run(asker, problems, tutor, tmp_path, arms=["le"]).tables()
    count = len(tutor.asked)
    again = run(asker, problems, tutor, tmp_path, arms=["le"]).tables()
    assert len(tutor.asked) == count
    assert again[-1]["new"] == 0
    for one, other in zip(first[:-1], again[:-1], strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_items_on_which_the_instructor_does_not_agree_with_itself_are_not_learned(
    asker: Asker, problems: pd.DataFrame, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match=r"in the arm le: [0-9]+ unverified\..*does not agree with itself"):
        run(asker, problems, Tutor(wrong=True), tmp_path, arms=["le"])
    items = run(asker, problems, Tutor(wrong=True), tmp_path, arms=["le"], verify="none").items
    assert {item["fate"] for item in items} <= {"learned", "surplus"}


def refusing(messages: Sequence[tuple[str, str]], sample: int) -> str:
    return "I would rather not."


def repeating(messages: Sequence[tuple[str, str]], sample: int) -> str:
    return format_items([("Find x such that 8x+6=46.", "#### 5")])


@pytest.mark.parametrize(
    ("script", "told"),
    [(refusing, r"[0-9]+ unparsable\. What would help most: let instructor\.prompts\.tutor show the form"),
     (repeating, r"[0-9]+ duplicate\. The first one: 'Find x.*raise the temperature")],
)  # fmt: skip
def test_an_instructor_that_writes_nothing_usable_is_told_with_counts(
    asker: Asker, problems: pd.DataFrame, tmp_path: Path, script: Script, told: str
) -> None:
    known = problems.assign(
        question=problems["question"].where(problems.index != 0, "Find x such that 8x+6=46.")
    )
    with pytest.raises(ModelError, match=told):
        run(asker, known, script, tmp_path, arms=["le"])


def test_an_instructor_that_writes_the_evaluation_is_refused(
    asker: Asker, problems: pd.DataFrame, tmp_path: Path
) -> None:
    held_out = problems.loc[problems["role"] == "evaluation", "question"].tolist()

    def leaking(messages: Sequence[tuple[str, str]], sample: int) -> str:
        return format_items([(question.upper(), "#### 5") for question in held_out])

    with pytest.raises(ModelError, match=r"[0-9]+ leaked\."):
        run(asker, problems, leaking, tmp_path, arms=["le"])


def test_without_a_wrong_answer_there_is_nothing_to_learn_and_the_run_ends_well(
    asker: Asker, problems: pd.DataFrame, tmp_path: Path
) -> None:
    from lbt.instructor.answering import answer_problems, answer_tasks

    tutor = Tutor()
    roles = roles_of(asker, problems, scripted_model(tutor, "unused"), instructor_settings(**QUICK))
    golds = dict(zip(roles.taught["problem_id"], roles.taught["answer"], strict=True))
    answered = answer_problems(
        roles, roles.target, answer_tasks(roles, "base", 0, golds, EVALUATION.greedy), "x"
    ).table
    right = set(answered.loc[answered["verdict"].eq("correct"), "problem_id"])
    easy = problems[problems["role"].ne("teaching") | problems["problem_id"].isin(right)]
    answers, _, items, _, trainings, usage = run(asker, easy, tutor, tmp_path, arms=["le", "lec"]).tables()
    assert tutor.asked == []
    assert items.empty
    assert trainings["reason"].str.contains("no wrong answer, so there is nothing to learn from").all()
    outcomes = Outcomes(answers, EVALUATION, 0)
    rounds = make_rounds(outcomes, items, trainings)
    told = summarise_instruction(rounds, instructor_metrics(outcomes, rounds), usage)
    assert "not trained: no wrong answer" in told


def test_an_arm_with_too_few_items_is_left_out_and_does_not_cut_the_others(
    asker: Asker, problems: pd.DataFrame, tmp_path: Path
) -> None:
    trainings = run(asker, problems, Tutor(), tmp_path, arms=["blind", "original"], solutions=1).trainings
    by_arm = {row["arm"]: row for row in trainings}
    assert by_arm["blind"]["items"] == 8
    assert not by_arm["original"]["trained"]
    assert "0 items may be learned" in by_arm["original"]["reason"]
