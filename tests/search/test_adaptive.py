"""Exams in waves select what full exams select, and ask less; the student is scripted, all else is real."""

import hashlib
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import get_args

import pandas as pd
import pytest
from lbt.exams.adaptive import AdaptiveExams, sit_adaptively

from lbt import tables
from lbt.exams import ExamSettings, plan_exams, sit_exams
from lbt.exams.papers import ExamPapers
from lbt.generation import (
    Completion,
    Generated,
    GenerationStore,
    ModelSettings,
    Prompt,
    SamplingSettings,
    sampler,
)
from lbt.grading import domain_named
from lbt.prompts import PromptSettings
from lbt.search.examiner.bounds import ExamRule
from lbt.search.examiner.exact import ExactExaminer, Examined
from lbt.search.selection import select

NUMBER = domain_named("number")

MODELS = Path(__file__).parents[2] / "src/lbt/pocket/models"
STUDENTS = {name: ModelSettings(path=str(MODELS / f"student_{name}")) for name in ("strong", "weak")}
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


class ScriptedEngine:
    """Answers right or wrong by the prompt and the sample; fails now and then."""

    name, version = "scripted", "1"
    asked = 0

    def generate(self, prompts: Iterable[Prompt]) -> Iterator[Generated]:
        for prompt in prompts:
            for index in prompt.samples:
                self.asked += 1
                draw = hashlib.sha256(f"{prompt.text}/{index}".encode()).digest()[0]
                if draw < 8:
                    yield Generated(prompt.key, index, None, "no luck")
                    continue
                question = prompt.text.split("?")[-2].split(">")[-1]
                right = int(question.split("+")[0]) + 50
                text = f"#### {right if draw % 3 else 0}"
                yield Generated(prompt.key, index, Completion(text, "stop", 5, 4))

    def close(self) -> None: ...


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> ScriptedEngine:
    scripted = ScriptedEngine()
    monkeypatch.setattr(sampler, "open_engine", lambda *_: scripted)
    return scripted


def lenient() -> dict[str, ModelSettings]:
    return {name: model.model_copy(update={"max_failed_fraction": 1}) for name, model in STUDENTS.items()}


def sit_in_waves(rule: ExamRule, store: GenerationStore) -> tuple[AdaptiveExams, dict[str, str | None]]:
    taught = rationales()
    plan = plan_exams(PROBLEMS, taught, SETTINGS, 0)
    examined = [
        Examined(str(problem), list(rows["answer"]), list(rows["demo_id"]), 9)
        for problem, rows in taught.groupby("problem_id")
    ]
    examiner = ExactExaminer(examined, list(STUDENTS), rule)
    papers = ExamPapers(PROBLEMS, taught, PromptSettings(), SETTINGS, 0, NUMBER)
    return sit_adaptively(examiner, plan, papers, lenient(), store), examiner.selected()


def selected_in_full(rule: ExamRule, store: GenerationStore) -> dict[str, str | None]:
    taught = rationales()
    plan = plan_exams(PROBLEMS, taught, SETTINGS, 0)
    scores: dict[str, Fraction] = {}
    for name, model in lenient().items():
        answers, _ = sit_exams(
            plan, PROBLEMS, taught, name, model, PromptSettings(), SETTINGS, store, 0, NUMBER
        )
        counted = answers[answers["verdict"].ne("error") & answers["demo_id"].notna()]
        for demo, rows in counted.groupby("demo_id"):
            share = Fraction(int(rows["verdict"].eq("correct").sum()), len(rows))
            scores[str(demo)] = scores.get(str(demo), Fraction(0)) + share
    return {
        str(problem): select(list(rows["answer"]), [scores.get(demo) for demo in rows["demo_id"]], rule)
        for problem, rows in taught.groupby("problem_id")
    }


@pytest.mark.parametrize("rule", get_args(ExamRule))
def test_waves_select_what_full_exams_select_and_ask_less(
    rule: ExamRule, engine: ScriptedEngine, tmp_path: Path
) -> None:
    with GenerationStore(tmp_path / "waves.sqlite") as store:
        exams, selected = sit_in_waves(rule, store)
    asked, engine.asked = engine.asked, 0
    with GenerationStore(tmp_path / "full.sqlite") as store:
        assert selected == selected_in_full(rule, store)
    assert asked < engine.asked
    assert exams.usage["asked"] < exams.usage["planned"]
    assert exams.usage["new"] + exams.usage["failed"] == asked
    tables.exam_answers.validate(exams.answers)
    assert len(exams.answers) == exams.usage["asked"]
    assert "t0" not in set(exams.answers["teaching_problem_id"]), "all its answers agree"


def test_waves_and_full_exams_share_their_answers(engine: ScriptedEngine, tmp_path: Path) -> None:
    with GenerationStore(tmp_path / "store.sqlite") as store:
        selected_in_full("sum", store)
        before = engine.asked
        exams, _ = sit_in_waves("sum", store)
        assert exams.usage["new"] == 0
        assert engine.asked - before == exams.usage["failed"], "only what had failed is asked again"
