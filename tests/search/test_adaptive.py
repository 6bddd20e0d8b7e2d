"""Exams in waves select what full exams select, and ask less; the students are scripted, all else is real."""

import hashlib
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import get_args

import pandas as pd
import pytest

from lbt import tables
from lbt.asking import Asker
from lbt.exams import ExamPapers, ExamSettings, plan_exams, sit_exams
from lbt.generation import GenerationStore, ModelSettings, SamplingSettings
from lbt.generation.engines.scripted import scripted_model
from lbt.search import SearchSettings, examine_adaptively
from lbt.search.adaptive import AdaptiveExams
from lbt.search.selection import ExamRule, select

SETTINGS = ExamSettings(
    problems_per_demo=3, repeats=3, sampling=SamplingSettings(temperature=0.7, max_tokens=9)
)
PROBLEMS = pd.DataFrame(
    [(f"t{n}", "f", f"{n} + 1?", str(n + 1), "teaching", "x") for n in range(6)]
    + [(f"e{n}", "f", f"{n} + 50?", str(n + 50), "exam", "x") for n in range(5)],
    columns=["problem_id", "family", "question", "answer", "role", "source"],
)


def rationales() -> pd.DataFrame:
    rows = []
    for problem in range(6):
        for sample in range(12):
            answer = str(problem + (sample * 7 + problem) % 3) if problem else "1"
            text = f"way {sample % 5}\n#### {answer}"
            demo = f"t{problem}/{sample % 5}/{answer}"
            rows.append((f"t{problem}", sample, text, answer, "correct", demo))
    columns = ["problem_id", "sample_index", "text", "answer", "verdict", "demo_id"]
    return pd.DataFrame(rows, columns=columns)


class Student:
    """Answers right or wrong by the prompt and the sample; fails now and then."""

    def __init__(self, name: str) -> None:
        self.model = scripted_model(self.answer, name, max_failed_fraction=1)
        self.asked = 0

    def answer(self, messages: Sequence[tuple[str, str]], sample: int) -> str | None:
        self.asked += 1
        draw = hashlib.sha256(f"{self.model.path}{messages}/{sample}".encode()).digest()[0]
        if draw < 8:
            return None
        right = int(messages[-1][1].split("+")[0]) + 50
        return f"#### {right if draw % 3 else 0}"


@pytest.fixture
def students() -> dict[str, Student]:
    return {name: Student(name) for name in ("strong", "weak")}


def models(students: dict[str, Student]) -> dict[str, ModelSettings]:
    return {name: student.model for name, student in students.items()}


def papers(asker: Asker) -> ExamPapers:
    taught = rationales()
    return ExamPapers(
        plan_exams(PROBLEMS, taught, SETTINGS, 0, asker.domain),
        PROBLEMS,
        taught,
        asker.prompts,
        SETTINGS,
        asker.domain,
    )


def sit_in_waves(rule: ExamRule, students: dict[str, Student], asker: Asker) -> AdaptiveExams:
    settings = SearchSettings(baselines=(), examiner="exact", rule=rule)
    return examine_adaptively(asker, papers(asker), rationales(), models(students), settings)


def selected_in_full(rule: ExamRule, students: dict[str, Student], asker: Asker) -> dict[str, str | None]:
    answers = sit_exams(asker, papers(asker), models(students)).table
    counted = answers[answers["verdict"].ne("error") & answers["demo_id"].notna()]
    scores: dict[str, Fraction] = {}
    for (demo, _), rows in counted.groupby(["demo_id", "student"]):
        share = Fraction(int(rows["verdict"].eq("correct").sum()), len(rows))
        scores[demo] = scores.get(demo, Fraction(0)) + share
    return {
        str(problem): select(list(rows["answer"]), [scores.get(demo) for demo in rows["demo_id"]], rule)
        for problem, rows in rationales().groupby("problem_id")
    }


@pytest.mark.parametrize("rule", get_args(ExamRule))
def test_waves_select_what_full_exams_select_and_ask_less(
    rule: ExamRule, students: dict[str, Student], asker: Asker, tmp_path: Path
) -> None:
    exams = sit_in_waves(rule, students, asker)
    asked = sum(student.asked for student in students.values())
    with GenerationStore(tmp_path / "full.sqlite") as store:
        assert exams.decisions == selected_in_full(rule, students, asker.with_store(store))
    assert asked < sum(student.asked for student in students.values()) - asked
    assert exams.usage["asked"] < exams.usage["planned"]
    assert exams.usage["new"] + exams.usage["failed"] == asked
    tables.exam_answers.validate(exams.answers)
    assert len(exams.answers) == exams.usage["asked"]
    assert "t0" not in set(exams.answers["teaching_problem_id"]), "all its answers agree"


def test_waves_and_full_exams_share_their_answers(students: dict[str, Student], asker: Asker) -> None:
    selected_in_full("sum", students, asker)
    before = sum(student.asked for student in students.values())
    exams = sit_in_waves("sum", students, asker)
    assert exams.usage["new"] == 0
    asked = sum(student.asked for student in students.values()) - before
    assert asked == exams.usage["failed"], "only what had failed is asked again"
