"""The teacher without students, and exams that end early; the models are scripted, all else is real."""

import re
from collections.abc import Sequence

import pandas as pd
import pytest

from lbt import tables
from lbt.asking import Asker
from lbt.exams import ExamPapers, ExamSettings, plan_exams, sit_exams
from lbt.generation import ModelsSettings, SamplingSettings
from lbt.generation.engines.scripted import scripted_model
from lbt.grading import Voting
from lbt.search import (
    SearchSettings,
    ask_teacher,
    examine_adaptively,
    generation_costs,
    make_methods,
    select_answers,
)
from lbt.search.baselines import BaselineAnswers
from lbt.teaching import TeachingSettings, sample_rationales

EXAMS = ExamSettings(problems_per_demo=2, repeats=2, sampling=SamplingSettings(temperature=0.7, max_tokens=9))
TEACHING = TeachingSettings(samples=4, sampling=SamplingSettings(temperature=1.0, max_tokens=9))
PROBLEMS = pd.DataFrame(
    [(f"t{n}", "f", f"{n} + 1?", str(n + 1), "teaching", "x") for n in range(3)]
    + [(f"e{n}", "f", f"{n} + 50?", str(n + 50), "exam", "x") for n in range(2)],
    columns=["problem_id", "family", "question", "answer", "role", "source"],
)


class Adder:
    """Adds rightly in its odd samples, and always after a text that does; never what is 1 + 50."""

    def __init__(self) -> None:
        self.model = scripted_model(self.answer, "adder")
        self.prompts: list[str] = []
        """A line a message, of every sample."""

    def answer(self, messages: Sequence[tuple[str, str]], sample: int) -> str:
        prompt = "\n".join(content for _, content in messages)
        self.prompts.append(prompt)
        first, second = map(int, re.findall(r"(\d+) \+ (\d+)\?", prompt)[-1])
        able = sample % 2 == 1 or "add them" in prompt
        right = first + second if able and (first, second) != (1, 50) else 0
        return f"{'add them' if able else 'guess'}\n#### {right}"


@pytest.fixture
def adder() -> Adder:
    return Adder()


def taught(adder: Adder, asker: Asker) -> tuple[pd.DataFrame, ExamPapers]:
    rationales = sample_rationales(asker, PROBLEMS, adder.model, TEACHING).table
    plan = plan_exams(PROBLEMS, rationales, EXAMS, 0, asker.domain)
    return rationales, ExamPapers(plan, PROBLEMS, rationales, asker.prompts, EXAMS, asker.domain)


def ask(adder: Adder, asker: Asker, settings: SearchSettings) -> BaselineAnswers:
    _, papers = taught(adder, asker)
    models = ModelsSettings(teacher=adder.model, students={"s": adder.model})
    return ask_teacher(asker, PROBLEMS, papers, models, TEACHING, settings)


def test_worked_examples_are_the_teachers_right_answers_or_else_the_bare_gold(
    adder: Adder, asker: Asker
) -> None:
    found = ask(adder, asker, SearchSettings(baselines=("worked_examples",), solutions=4))
    prompt = next(text for text in adder.prompts if "2 + 1?" in text and "50?" in text)
    assert re.findall(r"[\d+ ]+\?|add them|#### \d+", prompt) == [
        "0 + 50?", "add them", "#### 50", "1 + 50?", "#### 51", "2 + 1?",
    ]  # fmt: skip
    answers = tables.baseline_answers.validate(found.answers)
    assert answers["method"].value_counts().to_dict() == {"worked_examples": 12, "solution": 8, "greedy": 3}
    worked = answers[answers["method"] == "worked_examples"]
    assert (worked["verdict"] == "correct").all()
    assert found.exams.empty


def test_without_solutions_the_examples_are_bare_answers(adder: Adder, asker: Asker) -> None:
    ask(adder, asker, SearchSettings(baselines=("worked_examples",), solutions=0))
    prompt = next(text for text in adder.prompts if "2 + 1?" in text and "50?" in text)
    assert re.findall(r"#### \d+", prompt) == ["#### 50", "#### 51"]


def test_examples_can_take_turns_and_make_as_many_samples(adder: Adder, asker: Asker) -> None:
    found = ask(adder, asker, SearchSettings(baselines=("worked_examples",), examples=1))
    prompts = [text for text in adder.prompts if "2 + 1?" in text and "50?" in text]
    assert sorted(re.findall(r"(\d) \+ 50\?", " ".join(prompts))) == ["0", "0", "1", "1"]
    worked = tables.baseline_answers.validate(found.answers).query("method == 'worked_examples'")
    assert worked.groupby("problem_id")["sample_index"].apply(list).tolist() == [[0, 1, 2, 3]] * 3


def test_the_teacher_sits_the_exams_of_its_students_itself(adder: Adder, asker: Asker) -> None:
    found = ask(adder, asker, SearchSettings(baselines=("teacher_exams",)))
    exams = tables.teacher_exam_answers.validate(found.exams)
    assert set(exams["student"]) == {"teacher"}
    assert exams["demo_id"].notna().all()
    assert len(exams) == 3 * 2 * 2 * 2  # problems, distinct demos, exam problems, repeats
    assert found.usage["new"] == 3 + len(exams)


def test_a_majority_of_equal_generations_begins_with_the_rationales_and_goes_on_at_the_exams_cost(
    adder: Adder, asker: Asker
) -> None:
    rationales, papers = taught(adder, asker)
    settings = SearchSettings(baselines=("equal_generations",))
    found = ask(adder, asker, settings)
    answers = tables.baseline_answers.validate(found.answers).query("method == 'equal_generations'")
    exams = len(papers.of_demos()) * papers.repeats
    assert len(answers) == len(rationales) + exams == 3 * 4 + 3 * 2 * 2 * 2
    assert found.usage["new"] == 3 + exams, "the rationales come from the store"
    first = answers[answers["sample_index"] < 4].set_index(["problem_id", "sample_index"])["text"]
    assert first.to_dict() == rationales.set_index(["problem_id", "sample_index"])["text"].to_dict()
    sat = sit_exams(asker, papers, {"s": adder.model}).table
    voting = Voting.on(PROBLEMS, asker.domain)
    methods = {
        one.name: one for one in make_methods(rationales, sat, found.answers, found.exams, voting, settings)
    }
    sizes = {name: len(ballot.keys) for name, ballot in methods["equal_generations"].ballots.items()}
    costs = generation_costs(rationales, sat, found.answers, found.exams)
    assert sum(sizes.values()) == costs["search.cost.equal_generations.generations"]
    assert costs["search.cost.equal_generations.generations"] == costs["search.cost.lbt.generations"]


def test_no_baseline_costs_only_the_greedy_answers(adder: Adder, asker: Asker) -> None:
    found = ask(adder, asker, SearchSettings(baselines=()))
    assert found.usage["new"] == len(found.answers) == 3


@pytest.mark.parametrize("rule", ["sum", "max"])
def test_the_exact_examiner_asks_less_and_selects_the_same(rule: str, adder: Adder, asker: Asker) -> None:
    rationales, papers = taught(adder, asker)
    full = SearchSettings(baselines=())
    exact = SearchSettings(baselines=(), examiner="exact", rule=rule)  # type: ignore[arg-type]
    greedy = ask(adder, asker, full)
    exams = examine_adaptively(asker, papers, rationales, {"s": adder.model}, exact)
    assert exams.usage["asked"] < exams.usage["planned"]
    everything = sit_exams(asker, papers, {"s": adder.model}).table
    voting = Voting.on(PROBLEMS, asker.domain)
    selected = [
        select_answers(
            PROBLEMS,
            make_methods(rationales, answers, greedy.answers, greedy.exams, voting, settings),
            decided,
            settings,
        ).set_index(["method", "problem_id"])
        for answers, decided, settings in ((everything, {}, full), (exams.answers, exams.decisions, exact))
    ]
    columns = ["answer", "right", "count"]
    assert selected[0].loc[rule, columns].equals(selected[1].loc[rule, columns])
    assert selected[0].loc["sc", columns].equals(selected[1].loc["sc", columns])


def test_the_racing_examiner_decides_every_problem(adder: Adder, asker: Asker) -> None:
    rationales, papers = taught(adder, asker)
    racing = SearchSettings(baselines=(), examiner="racing")
    exams = examine_adaptively(asker, papers, rationales, {"s": adder.model}, racing)
    assert set(exams.decisions) == {"t0", "t1", "t2"}
    assert exams.usage["asked"] <= exams.usage["planned"]
