"""Tasks in, one graded table out."""

from collections.abc import Sequence

import pytest

from lbt import tables
from lbt.asking import Asker, Task, Tasks, add_usage, check_answered
from lbt.asking import asker as asking
from lbt.errors import ModelError
from lbt.generation import ModelSettings, SamplingSettings
from lbt.generation.engines.scripted import scripted_model
from lbt.grading import domain_named
from lbt.grading.domains.code import CodeGold
from lbt.prompts import Message, PromptSettings

SAMPLING = SamplingSettings(temperature=1.0, max_tokens=9)


def task(question: str, gold: str = "4", samples: int = 2, first_index: int = 0) -> Task:
    messages: list[Message] = [{"role": "user", "content": question}]
    return Task(messages, gold, {"problem_id": question, "family": "f"}, samples, SAMPLING, first_index)


def counting(name: str = "counting") -> ModelSettings:
    """Answers with the number of the sample."""
    return scripted_model(lambda messages, sample: f"so\n#### {sample}", name, max_failed_fraction=1)


def test_there_is_a_row_an_answer_in_the_order_of_the_tasks(asker: Asker) -> None:
    asked = asker.ask(counting(), "exams", [task("b"), task("a", "1")], tables.pocket_answers)
    rows = asked.table[["problem_id", "sample_index", "answer", "verdict"]].values.tolist()
    assert rows == [
        ["b", 0, "0", "wrong"],
        ["b", 1, "1", "wrong"],
        ["a", 0, "0", "wrong"],
        ["a", 1, "1", "correct"],
    ]
    tables.pocket_answers.validate(asked.table)
    assert asked.usage["new"] == 4


def test_equal_tasks_are_generated_once_and_graded_by_their_own_gold(asker: Asker) -> None:
    asked = asker.ask(counting(), "exams", [task("a", "0"), task("a", "1")], tables.pocket_answers)
    assert list(asked.table["verdict"]) == ["correct", "wrong", "wrong", "correct"]
    assert asked.usage["new"] == 2


def test_answers_of_several_tasks_about_one_thing_are_numbered_on(asker: Asker) -> None:
    tasks = [task("a"), task("a again", first_index=2)]
    asked = asker.ask(counting(), "exams", tasks, tables.pocket_answers)
    assert list(asked.table["sample_index"]) == [0, 1, 2, 3]


def test_answers_that_are_programs_have_the_columns_of_their_tests(asker: Asker) -> None:
    gold = CodeGold(entry_point="f", visible=("assert f(1) == 1",), hidden=("assert f(2) == 2",)).dumped()
    bodies = ["n", "1", None, "?"]

    def program(messages: object, sample: int) -> str | None:
        body = bodies[sample]
        return None if body is None else f"```\ndef f(n): return {body}\n```"

    model = scripted_model(program, "programs", max_failed_fraction=1)
    coding = Asker(PromptSettings(), asker.store, 0, domain_named("code"))
    asked = coding.ask(model, "exams", [task("a", gold, 4)], tables.pocket_answers)
    tables.pocket_answers.validate(asked.table)
    assert list(asked.table["verdict"]) == ["correct", "wrong", "error", "wrong"]
    shares = asked.table[["visible_share", "hidden_share"]].fillna(-1).values.tolist()
    assert shares == [[1, 1], [1, 0], [-1, -1], [0, 0]]
    assert asked.table["failed_test"].fillna("").tolist() == ["", "assert f(2) == 2", "", "assert f(1) == 1"]
    assert asked.table["failure"].iloc[3].startswith("SyntaxError")
    again = coding.ask(model, "exams", [task("a", gold, 4)], tables.pocket_answers)
    assert again.table.drop(index=2).equals(asked.table.drop(index=2))
    empty = coding.ask(model, "exams", [], tables.pocket_answers)
    assert list(empty.table) == list(asked.table)


def test_an_exam_numbers_its_answers_as_repeats(asker: Asker) -> None:
    own = {
        "student": "s", "demo_id": None, "teaching_problem_id": None, "exam_problem_id": "e", "family": "f",
    }  # fmt: skip
    exam = Task([{"role": "user", "content": "a"}], "1", own, 3, SAMPLING)
    asked = asker.ask(counting(), "exams", [exam], tables.exam_answers)
    assert list(asked.table["repeat"]) == [0, 1, 2]
    tables.exam_answers.validate(asked.table)


def test_no_tasks_give_a_table_without_a_row_and_load_nothing(asker: Asker) -> None:
    nowhere = ModelSettings(engine="scripted", path="function:never made")
    asked = asker.ask(nowhere, "exams", [], tables.pocket_answers)
    assert asked.table.empty
    tables.pocket_answers.validate(asked.table)
    assert set(asked.usage.values()) - {asked.usage["seconds"]} == {0.0}


def test_many_answers_are_graded_some_at_a_time_and_all_are_there(
    asker: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "_ROWS_AT_A_TIME", 3)
    tasks = Tasks(range(5), lambda number: task(f"{number}", str(number)))
    table = asker.ask(counting(), "exams", tasks, tables.pocket_answers).table
    assert list(table["problem_id"]) == [str(number) for number in range(5) for _ in range(2)]
    assert list(table.index) == list(range(10))
    assert list(table[table["verdict"] == "correct"]["problem_id"]) == ["0", "1"]


class Watched(Sequence[int]):
    """Notes how many items were asked for."""

    taken = 0

    def __len__(self) -> int:
        return 100

    def __getitem__(self, place: int) -> int:  # type: ignore[override]
        if not 0 <= place < 100:
            raise IndexError(place)
        self.taken += 1
        return place


def test_tasks_are_made_when_they_are_asked_for() -> None:
    items = Watched()
    tasks = Tasks(items, lambda number: task(str(number)))
    assert (len(tasks), items.taken) == (100, 0)
    assert [one.gold for one, _ in zip(tasks, range(3), strict=False)] == ["4"] * 3
    assert items.taken <= 4
    assert len(Tasks(range(9), lambda number: task(str(number)))[2:5]) == 3


@pytest.fixture
def prefilled(asker: Asker) -> Asker:
    return Asker(PromptSettings(prefill="So "), asker.store, 7, asker.domain)


def test_seed_and_prefill_of_the_run_change_what_is_asked(asker: Asker, prefilled: Asker) -> None:
    assert asker.ask(counting(), "exams", [task("a")], tables.pocket_answers).usage["new"] == 2
    assert prefilled.ask(counting(), "exams", [task("a")], tables.pocket_answers).usage["new"] == 2
    reseeded = Asker(asker.prompts, asker.store, 7, asker.domain)
    assert reseeded.ask(counting(), "exams", [task("a")], tables.pocket_answers).usage["new"] == 2
    assert asker.ask(counting(), "exams", [task("a")], tables.pocket_answers).usage["reused"] == 2


def test_a_model_that_is_asked_several_times_adds_up_what_it_cost(asker: Asker) -> None:
    with asker.open(counting(), "baselines") as model:
        asked = [model.ask([task(name)], tables.pocket_answers, name) for name in "aba"]
    usage = add_usage(one.usage for one in asked)
    assert (usage["new"], usage["reused"]) == (4, 2)
    assert usage["tokens"] == sum(one.usage["tokens"] for one in asked) > 0


def test_answers_of_which_one_can_be_read_are_enough(asker: Asker) -> None:
    half = scripted_model(lambda messages, sample: "hm" if sample else "#### 1", "half")
    table = asker.ask(half, "exams", [task("a")], tables.pocket_answers).table
    check_answered(table, "The teacher", half, "teaching")
    check_answered(table.head(0), "The teacher", half, "teaching")
    with pytest.raises(ModelError, match=r"The teacher \(function:half\) gave no readable answer in 1 texts"):
        check_answered(table.tail(1), "The teacher", half, "teaching")
