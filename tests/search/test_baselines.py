"""The teacher without students, and exams that end early; the models are scripted, all else is real."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd
import pytest

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
from lbt.search import SearchSettings, ask_teacher, examine_adaptively, make_methods, select_answers
from lbt.search.baselines import BaselineAnswers
from lbt.teaching import TeachingSettings, sample_rationales

NUMBER = domain_named("number")

MODELS = Path(__file__).parents[2] / "src/lbt/pocket/models"
MODEL = ModelSettings(path=str(MODELS / "student_weak"))
EXAMS = ExamSettings(problems_per_demo=2, repeats=2, sampling=SamplingSettings(temperature=0.7, max_tokens=9))
TEACHING = TeachingSettings(samples=4, sampling=SamplingSettings(temperature=1.0, max_tokens=9))
PROBLEMS = pd.DataFrame(
    [(f"t{n}", "f", f"{n} + 1?", str(n + 1), "teaching", "x") for n in range(3)]
    + [(f"e{n}", "f", f"{n} + 50?", str(n + 50), "exam", "x") for n in range(2)],
    columns=["problem_id", "family", "question", "answer", "role", "source"],
)


class Adder:
    """Adds rightly in its odd samples, and always after a text that does; never what is 1 + 50."""

    name, version = "adder", "1"

    def __init__(self) -> None:
        self.prompts: list[str] = []
        self.opened = 0

    def generate(self, prompts: Iterable[Prompt]) -> Iterator[Generated]:
        for prompt in prompts:
            self.prompts.append(prompt.text)
            first, second = map(int, re.findall(r"(\d+) \+ (\d+)\?", prompt.text)[-1])
            for index in prompt.samples:
                able = index % 2 == 1 or "add them" in prompt.text
                right = first + second if able and (first, second) != (1, 50) else 0
                yield Generated(
                    prompt.key,
                    index,
                    Completion(f"{'add them' if able else 'guess'}\n#### {right}", "stop", 5, 4),
                )

    def close(self) -> None: ...


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Adder:
    adder = Adder()

    def opened(*_: object) -> Adder:
        adder.opened += 1
        return adder

    monkeypatch.setattr(sampler, "open_engine", opened)
    return adder


@pytest.fixture
def store(tmp_path: Path) -> Iterator[GenerationStore]:
    with GenerationStore(tmp_path / "store.sqlite") as opened:
        yield opened


def taught(store: GenerationStore) -> tuple[pd.DataFrame, pd.DataFrame, ExamPapers]:
    rationales, _ = sample_rationales(PROBLEMS, MODEL, PromptSettings(), TEACHING, store, 0, NUMBER)
    papers = ExamPapers(PROBLEMS, rationales, PromptSettings(), EXAMS, 0, NUMBER)
    return rationales, plan_exams(PROBLEMS, rationales, EXAMS, 0), papers


def ask(store: GenerationStore, settings: SearchSettings) -> BaselineAnswers:
    _, plan, papers = taught(store)
    return ask_teacher(PROBLEMS, plan, papers, MODEL, PromptSettings(), TEACHING, settings, store, 0, NUMBER)


def test_worked_examples_are_the_teachers_right_answers_or_else_the_bare_gold(
    engine: Adder, store: GenerationStore
) -> None:
    found = ask(store, SearchSettings(baselines=("worked_examples",), solutions=4))
    prompt = next(text for text in engine.prompts if "2 + 1?" in text and "50?" in text)
    assert re.findall(r"[\d+ ]+\?|add them|#### \d+", prompt) == [
        "0 + 50?", "add them", "#### 50", "1 + 50?", "#### 51", "2 + 1?",
    ]  # fmt: skip
    answers = tables.baseline_answers.validate(found.answers)
    assert answers["method"].value_counts().to_dict() == {"worked_examples": 12, "solution": 8, "greedy": 3}
    worked = answers[answers["method"] == "worked_examples"]
    assert (worked["verdict"] == "correct").all()
    assert found.exams.empty


def test_without_solutions_the_examples_are_bare_answers(engine: Adder, store: GenerationStore) -> None:
    ask(store, SearchSettings(baselines=("worked_examples",), solutions=0))
    prompt = next(text for text in engine.prompts if "2 + 1?" in text and "50?" in text)
    assert re.findall(r"#### \d+", prompt) == ["#### 50", "#### 51"]


def test_examples_can_take_turns_and_make_as_many_samples(engine: Adder, store: GenerationStore) -> None:
    found = ask(store, SearchSettings(baselines=("worked_examples",), examples=1))
    prompts = [text for text in engine.prompts if "2 + 1?" in text and "50?" in text]
    assert sorted(re.findall(r"(\d) \+ 50\?", " ".join(prompts))) == ["0", "1"]
    worked = tables.baseline_answers.validate(found.answers).query("method == 'worked_examples'")
    assert worked.groupby("problem_id")["sample_index"].apply(list).tolist() == [[0, 1, 2, 3]] * 3


def test_the_teacher_sits_the_exams_of_its_students_itself(engine: Adder, store: GenerationStore) -> None:
    found = ask(store, SearchSettings(baselines=("teacher_exams",)))
    exams = tables.teacher_exam_answers.validate(found.exams)
    assert set(exams["student"]) == {"teacher"}
    assert exams["demo_id"].notna().all()
    assert len(exams) == 3 * 2 * 2 * 2  # problems, distinct demos, exam problems, repeats
    assert found.usage["new"] == 3 + len(exams)


def test_no_baseline_costs_only_the_greedy_answers_and_one_load(
    engine: Adder, store: GenerationStore
) -> None:
    taught(store)
    loads = engine.opened
    found = ask(store, SearchSettings(baselines=()))
    assert found.usage["new"] == 3
    assert engine.opened == loads + 1


@pytest.mark.parametrize("rule", ["sum", "max"])
def test_the_exact_examiner_asks_less_and_selects_the_same(
    rule: str, engine: Adder, store: GenerationStore
) -> None:
    rationales, plan, papers = taught(store)
    full = SearchSettings(baselines=())
    exact = SearchSettings(baselines=(), examiner="exact", rule=rule)  # type: ignore[arg-type]
    greedy = ask(store, full)
    exams, decisions = examine_adaptively(plan, rationales, papers, {"s": MODEL}, exact, store, 0, NUMBER)
    assert exams.usage["asked"] < exams.usage["planned"]
    everything, _ = sit_exams(
        plan, PROBLEMS, rationales, "s", MODEL, PromptSettings(), EXAMS, store, 0, NUMBER
    )
    selected = [
        select_answers(
            PROBLEMS,
            make_methods(rationales, answers, greedy.answers, greedy.exams, NUMBER, settings),
            decided,
            settings,
        ).set_index(["method", "problem_id"])
        for answers, decided, settings in ((everything, {}, full), (exams.answers, decisions, exact))
    ]
    columns = ["answer", "right", "count"]
    assert selected[0].loc[rule, columns].equals(selected[1].loc[rule, columns])
    assert selected[0].loc["sc", columns].equals(selected[1].loc["sc", columns])


def test_the_racing_examiner_decides_every_problem(engine: Adder, store: GenerationStore) -> None:
    rationales, plan, papers = taught(store)
    racing = SearchSettings(baselines=(), examiner="racing")
    exams, decisions = examine_adaptively(plan, rationales, papers, {"s": MODEL}, racing, store, 0, NUMBER)
    assert set(decisions) == {"t0", "t1", "t2"}
    assert exams.usage["asked"] <= exams.usage["planned"]
