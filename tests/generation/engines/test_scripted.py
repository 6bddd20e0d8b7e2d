"""A model with known answers is asked, stored and counted as any other."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from lbt.errors import ModelError
from lbt.generation import (
    Completion,
    GenerationStore,
    ModelSettings,
    Request,
    Samples,
    SamplingSettings,
    generate,
    identify_model,
)
from lbt.generation.engines.scripted import scripted_model

SAMPLING = SamplingSettings(temperature=1.0, max_tokens=4)
LINES = [
    {"contains": "1 + 1", "answers": ["add\n#### 2", "#### 3"]},
    {"contains": "2 + 2", "answers": [None, "#### 4"]},
    {"answers": ["#### 0"]},
]


@pytest.fixture
def store(tmp_path: Path) -> GenerationStore:
    return GenerationStore(tmp_path / "store.sqlite")


def ask(model: ModelSettings, store: GenerationStore, *questions: str, samples: int = 3) -> Samples:
    requests = [Request((("user", question),), samples, SAMPLING, 0) for question in questions]
    with store:
        return generate(model, requests, store, "exams")


def texts(samples: Samples) -> list[list[str | None]]:
    return [[one.text if one else None for one in answers] for answers in samples.completions]


def file_of(folder: Path, lines: Sequence[object] = LINES) -> ModelSettings:
    path = folder / "answers.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    return ModelSettings(engine="scripted", path=str(path), max_failed_fraction=1)


def test_a_file_answers_by_question_and_by_turns(tmp_path: Path, store: GenerationStore) -> None:
    samples = ask(file_of(tmp_path), store, "What is 2 + 2?", "And 7?", "What is 1 + 1?")
    assert texts(samples) == [
        [None, "#### 4", None],
        ["#### 0"] * 3,
        ["add\n#### 2", "#### 3", "add\n#### 2"],
    ]
    assert (samples.new, samples.failed) == (7, 2)


def test_a_function_answers_by_messages_and_sample(store: GenerationStore) -> None:
    model = scripted_model(lambda messages, sample: f"{messages[-1][1]} {sample}" if sample else None)
    samples = ask(model.model_copy(update={"max_failed_fraction": 1}), store, "a", "b", samples=2)
    assert texts(samples) == [[None, "a 1"], [None, "b 1"]]


def test_a_function_may_say_how_a_text_ended_and_what_it_cost(store: GenerationStore) -> None:
    completion = Completion("a text that is not cut", "length", 900, 300)
    samples = ask(scripted_model(lambda *_: completion, "exact"), store, "a", samples=1)
    assert list(samples.completions) == [[completion]]
    assert samples.tokens == 300


def test_a_text_is_cut_at_the_token_limit_and_ends_before_a_stop_text(store: GenerationStore) -> None:
    model = scripted_model(lambda *_: "0123456789abcdefg. And so on", "long")
    ((cut,),) = ask(model, store, "a", samples=1).completions
    assert cut == Completion("0123456789abcdef", "length", 1, 4)
    stopping = SAMPLING.model_copy(update={"max_tokens": 9, "stop": (". ", "9a")})
    with store:
        samples = generate(model, [Request((("user", "a"),), 1, stopping, 0)], store, "exams")
        assert list(samples.completions) == [[Completion("012345678", "stop", 1, 3)]]


def test_what_is_stored_is_not_asked_again_until_the_script_changes(
    tmp_path: Path, store: GenerationStore
) -> None:
    model = file_of(tmp_path)
    assert ask(model, store, "What is 1 + 1?").new == 3
    assert ask(model, store, "What is 1 + 1?").reused == 3
    assert ask(file_of(tmp_path, LINES[::-1]), store, "What is 1 + 1?").new == 3


def test_failures_count_against_the_budget(tmp_path: Path, store: GenerationStore) -> None:
    strict = file_of(tmp_path).model_copy(update={"max_failed_fraction": 0.1})
    with pytest.raises(ModelError, match="the script gives no answer"):
        ask(strict, store, "What is 2 + 2?")


@pytest.mark.parametrize(
    "line",
    [
        b"no JSON",
        b"[1]",
        b'{"answers": []}',
        b'{"answers": "4"}',
        b'{"answer": ["4"]}',
        b'{"answers": ["\xff"]}',
    ],
)
def test_a_line_that_is_no_answer_is_named(line: bytes, tmp_path: Path, store: GenerationStore) -> None:
    model = file_of(tmp_path)
    Path(model.path).write_bytes(b'{"answers": ["4"]}\n\n' + line)
    with pytest.raises(
        ModelError, match=r"exams: .*answers\.jsonl:3 is not an answer .* Write a JSON object"
    ):
        ask(model, store, "a")


def test_a_file_or_function_that_is_not_there_is_named(tmp_path: Path, store: GenerationStore) -> None:
    missing = ModelSettings(engine="scripted", path=str(tmp_path / "no.jsonl"))
    with pytest.raises(ModelError, match=r"models\.teacher: there is no file of answers .*no\.jsonl"):
        identify_model(missing, "models.teacher")
    elsewhere = ModelSettings(engine="scripted", path="function:of another process")
    with pytest.raises(
        ModelError, match=r"exams: function:of another process is a function .* scripted_model"
    ):
        ask(elsewhere, store, "a")
