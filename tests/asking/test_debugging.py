"""Self-debug: who gets a second turn, what it shows, and what becomes of answers; programs run for real."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from lbt import tables
from lbt.asking import Asker, Task
from lbt.errors import SettingsError
from lbt.generation import GenerationStore, SamplingSettings
from lbt.generation.engines.scripted import Script, scripted_model
from lbt.grading import domain_named
from lbt.grading.domains.code import CodeGold
from lbt.prompts import DebugSettings, PromptSettings

SAMPLING = SamplingSettings(temperature=1.0, max_tokens=200)
GOLD = CodeGold(
    entry_point="square",
    visible=("assert square(2) == 4", "assert square(1) == 1"),
    hidden=("assert square(-3) == 9",),
)
UNSEEN = GOLD.model_copy(update={"visible": ()})


def program(expression: str) -> str:
    return f"So:\n```python\ndef square(x):\n    return {expression}\n```"


RIGHT, WRONG, FAILS_HIDDEN = program("x * x"), program("x * 3"), program("abs(x) * x")
Ask = Callable[..., Asker]


@pytest.fixture
def debugger(tmp_path: Path) -> Iterator[Ask]:
    with GenerationStore(tmp_path / "store.sqlite") as store:
        yield lambda prefill="", **form: Asker(
            PromptSettings(prefill=prefill),
            store,
            0,
            domain_named("code"),
            DebugSettings(teacher=True, **form),
        )


def task(question: str = "Square a number.", samples: int = 1, gold: CodeGold = GOLD, first: int = 0) -> Task:
    own = {"problem_id": question, "family": "f"}
    return Task([{"role": "user", "content": question}], gold.dumped(), own, samples, SAMPLING, first)


class Coder:
    """Answers the first turn as it is told to, and the second with what `mends` says."""

    def __init__(self, first: Script, mends: Script = lambda messages, sample: RIGHT) -> None:
        self.shown: list[str] = []
        self._first, self._mends = first, mends
        self.model = scripted_model(self.answer, f"coder {id(self)}", max_failed_fraction=1)

    def answer(self, messages: Sequence[tuple[str, str]], sample: int) -> object:
        if len(messages) == 1:
            return self._first(messages, sample)
        self.shown.append("\n".join(f"{role}: {content}" for role, content in messages))
        return self._mends(messages, sample)


def test_a_program_that_fails_a_visible_test_is_shown_it_and_answered_again(debugger: Ask) -> None:
    coder = Coder(lambda messages, sample: [RIGHT, WRONG, RIGHT][sample])
    asked = debugger(prefill="Well. ").ask(
        coder.model, "teaching", [task(samples=3, first=4)], tables.pocket_answers, debug=True
    )
    table = tables.pocket_answers.validate(asked.table)
    assert table["text"].tolist() == [RIGHT] * 3
    assert table["verdict"].tolist() == ["correct"] * 3
    assert table["sample_index"].tolist() == [4, 5, 6]
    assert table.index.tolist() == [0, 1, 2]
    [shown] = coder.shown
    assert shown.startswith(
        f"user: Square a number.\nassistant: Well. {WRONG}\nuser: Your program fails this"
    )
    assert "assert square(2) == 4" in shown
    assert "AssertionError" in shown
    first = tables.pocket_answers.validate(asked.first)
    assert first[["sample_index", "text", "verdict"]].to_numpy().tolist() == [[5, WRONG, "wrong"]]
    assert first["failed_test"].tolist() == ["assert square(2) == 4"]
    assert asked.usage["new"] == 4


@pytest.mark.parametrize(
    ("said", "gold"),
    [
        (FAILS_HIDDEN, GOLD),
        (WRONG, UNSEEN),
        ("I do not know.", GOLD),
        (RIGHT, GOLD),
    ],
    ids=["fails a hidden test only", "has no visible test", "no program", "right"],
)
def test_a_hidden_test_is_never_shown_and_nothing_else_gets_a_second_turn(
    said: str, gold: CodeGold, debugger: Ask
) -> None:
    coder = Coder(lambda messages, sample: said)
    asked = debugger().ask(coder.model, "teaching", [task(gold=gold)], tables.pocket_answers, debug=True)
    assert coder.shown == []
    assert asked.table["text"].tolist() == [said]
    assert asked.first.empty
    tables.pocket_answers.validate(asked.first)


def test_the_hidden_test_is_not_shown_with_the_visible_one(debugger: Ask) -> None:
    coder = Coder(lambda messages, sample: program("0"))
    debugger(form="{test}|{failure}|{program}").ask(
        coder.model, "teaching", [task()], tables.pocket_answers, debug=True
    )
    [shown] = coder.shown
    assert shown.endswith("\nuser: assert square(2) == 4|AssertionError|def square(x):\n    return 0")
    assert "-3" not in shown


def test_a_program_that_cannot_be_loaded_is_told_why(debugger: Ask) -> None:
    coder = Coder(lambda messages, sample: "```python\ndef square(x:\n```")
    asked = debugger().ask(coder.model, "teaching", [task()], tables.pocket_answers, debug=True)
    assert "SyntaxError" in coder.shown[0]
    assert asked.table["verdict"].tolist() == ["correct"]


def test_equal_answers_get_different_second_turns(debugger: Ask) -> None:
    coder = Coder(lambda messages, sample: WRONG, lambda messages, sample: program(f"x * x + {sample}"))
    asked = debugger().ask(coder.model, "teaching", [task(samples=3)], tables.pocket_answers, debug=True)
    assert asked.table["text"].tolist() == [program(f"x * x + {sample}") for sample in range(3)]
    assert asked.table["verdict"].tolist() == ["correct", "wrong", "wrong"]


def test_an_answer_whose_second_turn_fails_stays_as_it_is_and_is_asked_again(debugger: Ask) -> None:
    silent = Coder(lambda messages, sample: WRONG, lambda messages, sample: None)
    asked = debugger().ask(silent.model, "teaching", [task()], tables.pocket_answers, debug=True)
    assert asked.table["text"].tolist() == [WRONG]
    assert asked.first.empty
    assert asked.usage["failed"] == 1
    again = debugger().ask(silent.model, "teaching", [task()], tables.pocket_answers, debug=True)
    assert (again.usage["reused"], again.usage["failed"]) == (1, 1)


def test_a_second_run_finds_both_turns_in_the_store(debugger: Ask) -> None:
    coder = Coder(lambda messages, sample: WRONG)
    runs = [
        debugger().ask(coder.model, "teaching", [task()], tables.pocket_answers, debug=True) for _ in range(2)
    ]
    assert runs[0].table.equals(runs[1].table)
    assert (runs[1].usage["new"], runs[1].usage["reused"]) == (0, 2)


def test_without_the_parameter_nothing_is_debugged(debugger: Ask) -> None:
    coder = Coder(lambda messages, sample: WRONG)
    asked = debugger().ask(coder.model, "teaching", [task()], tables.pocket_answers)
    assert (asked.table["text"].tolist(), coder.shown, len(asked.first)) == ([WRONG], [], 0)


@pytest.mark.parametrize("who", ["teacher", "students"])
def test_answers_that_are_no_programs_are_refused(who: str, debugger: Ask) -> None:
    asker = debugger()
    with pytest.raises(SettingsError, match=rf"debug\.{who} shows a model .* domain 'number'"):
        Asker(asker.prompts, asker.store, 0, domain_named("number"), DebugSettings(**{who: True}))
