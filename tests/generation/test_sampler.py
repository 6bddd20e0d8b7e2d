"""The sampler over an engine that answers without a model; `test_transformers_engine.py` has the real one."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lbt.errors import ModelError
from lbt.generation import (
    Completion,
    Engine,
    Generated,
    GenerationStore,
    ModelSettings,
    Prompt,
    Request,
    Sampler,
    Samples,
    SamplingSettings,
    VllmSettings,
    feeding,
    generate,
    sampler,
)

SAMPLING = SamplingSettings(temperature=0.7, max_tokens=16)


class EchoEngine:
    """Answers with the sample's index and prompt; remembers what it was asked."""

    name, version = "echo", "1"

    def __init__(self) -> None:
        self.opened = 0
        self.closed = 0
        self.calls: list[list[Prompt]] = []

    @property
    def asked(self) -> list[tuple[str, int]]:
        return [(prompt.text, index) for call in self.calls for prompt in call for index in prompt.samples]

    def generate(self, prompts: Iterable[Prompt]) -> Iterator[Generated]:
        self.calls.append(list(prompts))
        for prompt in reversed(self.calls[-1]):
            for index in prompt.samples:
                yield self.answer(prompt, index)

    def answer(self, prompt: Prompt, index: int) -> Generated:
        return Generated(prompt.key, index, Completion(f"{index}: {prompt.text}", "stop", 5, 3))

    def close(self) -> None:
        self.closed += 1


Use = Callable[[EchoEngine], EchoEngine]


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Use:
    """Makes the sampler open this engine."""

    def use_engine(engine: EchoEngine) -> EchoEngine:
        def opened(*_: object) -> Engine:
            engine.opened += 1
            return engine

        monkeypatch.setattr(sampler, "open_engine", opened)
        return engine

    return use_engine


@pytest.fixture
def model(tokenizer_folder: Path) -> ModelSettings:
    return ModelSettings(path=str(tokenizer_folder))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[GenerationStore]:
    with GenerationStore(tmp_path / "generations.sqlite") as store:
        yield store


def request(question: str, samples: int = 1, seed: int = 1, prefill: str = "") -> Request:
    return Request((("user", question),), samples, SAMPLING, seed, prefill)


def counts(samples: Samples) -> tuple[int, int, int, int]:
    return samples.new, samples.reused, samples.failed, samples.tokens


def test_results_stand_in_the_order_of_requests_and_samples(
    model: ModelSettings, store: GenerationStore, use: Use
) -> None:
    use(EchoEngine())
    samples = generate(model, [request("z", 2), request("a", 1)], store, "teaching")
    texts = [[completion and completion.text for completion in answers] for answers in samples.completions]
    assert texts == [
        ["0: <user>z<end><assistant>", "1: <user>z<end><assistant>"],
        ["0: <user>a<end><assistant>"],
    ]
    assert counts(samples) == (3, 0, 0, 9)


def test_equal_requests_are_generated_once(model: ModelSettings, store: GenerationStore, use: Use) -> None:
    engine = use(EchoEngine())
    samples = generate(model, [request("a", 2), request("a", 3), request("a", 1)], store, "exams")
    assert [index for _, index in engine.asked] == [0, 1, 2]
    completions = list(samples.completions)
    assert [len(answers) for answers in completions] == [2, 3, 1]
    assert completions[0] == completions[1][:2]
    assert counts(samples) == (3, 0, 0, 9)


def test_other_seeds_and_prefills_are_other_requests(
    model: ModelSettings, store: GenerationStore, use: Use
) -> None:
    use(EchoEngine())
    requests = [request("a"), request("a", seed=2), request("a", prefill="So ")]
    assert generate(model, requests, store, "exams").new == 3


def test_a_second_call_opens_no_engine(model: ModelSettings, store: GenerationStore, use: Use) -> None:
    engine = use(EchoEngine())
    requests = [request("a", 4), request("b", 4)]
    first = generate(model, requests, store, "exams")
    second = generate(model, requests, store, "exams")
    assert (engine.opened, engine.closed) == (1, 1)
    assert list(second.completions) == list(first.completions)
    assert counts(second) == (0, 8, 0, 0)


def test_a_larger_number_of_samples_costs_only_the_new_ones(
    model: ModelSettings, store: GenerationStore, use: Use
) -> None:
    engine = use(EchoEngine())
    few = generate(model, [request("a", 4)], store, "teaching")
    many = generate(model, [request("a", 7)], store, "teaching")
    assert [index for _, index in engine.asked] == [0, 1, 2, 3, 4, 5, 6]
    assert next(iter(many.completions))[:4] == next(iter(few.completions))
    assert counts(many) == (3, 4, 0, 9)


def test_no_requests_cost_nothing(model: ModelSettings, store: GenerationStore, use: Use) -> None:
    engine = use(EchoEngine())
    assert counts(generate(model, [], store, "exams")) == (0, 0, 0, 0)
    assert engine.opened == 0


wanted = st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 4)), max_size=6)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls=st.lists(wanted, max_size=4))
def test_no_sample_is_ever_asked_for_twice(
    calls: list[list[tuple[str, int]]],
    model: ModelSettings,
    use: Use,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    engine = use(EchoEngine())
    with GenerationStore(tmp_path_factory.mktemp("store") / "s.sqlite") as store:
        for call in calls:
            samples = generate(model, [request(question, n) for question, n in call], store, "exams")
            assert [len(answers) for answers in samples.completions] == [n for _, n in call]
            assert all(completion for answers in samples.completions for completion in answers)
        assert store.count() == len(engine.asked) == len(set(engine.asked))


def test_all_that_is_missing_goes_to_the_engine_in_one_call_with_shared_beginnings_together(
    model: ModelSettings, store: GenerationStore, use: Use
) -> None:
    engine = use(EchoEngine())
    generate(model, [request(f"{demo} {question}") for question in "xyz" for demo in "ab"], store, "exams")
    (call,) = engine.calls
    assert [prompt.text[6:9] for prompt in call] == ["a x", "a y", "a z", "b x", "b y", "b z"]


class FailingEngine(EchoEngine):
    """Fails on every odd sample."""

    def answer(self, prompt: Prompt, index: int) -> Generated:
        if index % 2:
            return Generated(prompt.key, index, None, f"too odd: {index}")
        return super().answer(prompt, index)


def test_failures_are_counted_and_reported_and_not_stored(
    model: ModelSettings, store: GenerationStore, use: Use, caplog: pytest.LogCaptureFixture
) -> None:
    use(FailingEngine())
    lenient = model.model_copy(update={"max_failed_fraction": 0.5})
    samples = generate(lenient, [request("a", 4)], store, "exams")
    assert [completion is None for completion in next(iter(samples.completions))] == [
        False,
        True,
        False,
        True,
    ]
    assert counts(samples) == (2, 0, 2, 6)
    assert store.count() == 2
    assert "exams: 2 of 4 samples failed: too odd: 1; too odd: 3" in caplog.text
    use(EchoEngine())
    assert counts(generate(model, [request("a", 4)], store, "exams")) == (2, 2, 0, 6)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(allowed=st.floats(0, 1), samples=st.integers(1, 60))
def test_a_run_stops_as_soon_as_more_failed_than_the_budget_allows(
    allowed: float, samples: int, model: ModelSettings, use: Use, tmp_path_factory: pytest.TempPathFactory
) -> None:
    engine = use(FailingEngine())
    budgeted = model.model_copy(update={"max_failed_fraction": allowed})
    with GenerationStore(tmp_path_factory.mktemp("store") / "s.sqlite") as store:
        if samples // 2 <= allowed * samples:
            assert generate(budgeted, [request("a", samples)], store, "exams").failed == samples // 2
            return
        message = r"of .* samples failed, more than .*max_failed_fraction"
        with pytest.raises(ModelError, match=message) as stop:
            generate(budgeted, [request("a", samples)], store, "exams")
        failed = int(allowed * samples) + 1
        assert f"exams: {failed} of {samples} samples failed" in str(stop.value)
        assert "The first error: too odd: 1." in str(stop.value)
        assert "run the same command" in str(stop.value)
        assert store.count() == failed, "every second one failed, and the others are stored"
    assert engine.closed == 1


def test_one_engine_answers_all_calls_of_a_sampler(
    model: ModelSettings, store: GenerationStore, use: Use
) -> None:
    engine = use(EchoEngine())
    with Sampler(model, store, "exams") as asked:
        assert engine.opened == 0
        assert [asked.generate([request(question)]).new for question in "aba"] == [1, 1, 0]
    assert (engine.opened, engine.closed) == (1, 1)


class Countdown(Sequence[Request]):
    """Requests that are made when they are asked for."""

    def __init__(self, length: int) -> None:
        self.length = length

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, place: int) -> Request:  # type: ignore[override]
        if not 0 <= place < self.length:
            raise IndexError
        return request(f"question {place}")


class CuriousEngine(EchoEngine):
    """Notes how many prompts it had been given when it gave its first result."""

    taken = 0

    def generate(self, prompts: Iterable[Prompt]) -> Iterator[Generated]:
        for prompt in prompts:
            self.taken += 1
            for index in prompt.samples:
                yield self.answer(prompt, index)


def test_prompts_are_made_as_the_engine_takes_them(
    model: ModelSettings, store: GenerationStore, use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeding, "_WINDOW", 10)
    rendered = 0
    render = sampler.open_renderer

    class Counting:
        def __init__(self, *arguments: object) -> None:
            self.inner = render(*arguments)  # type: ignore[arg-type]

        def render(self, messages: object, prefill: str) -> str:
            return self.inner.render(messages, prefill)  # type: ignore[arg-type]

        def tokenize(self, texts: Sequence[str]) -> list[tuple[int, ...]]:
            nonlocal rendered
            rendered += len(texts)
            assert rendered <= engine.taken + 10
            return self.inner.tokenize(texts)

    monkeypatch.setattr(sampler, "open_renderer", Counting)
    engine = CuriousEngine()
    use(engine)
    assert generate(model, Countdown(35), store, "exams").new == rendered == 35


def test_prompts_that_do_not_fit_the_context_are_failures_of_one_reason_and_cost_no_budget(
    model: ModelSettings, store: GenerationStore, use: Use, caplog: pytest.LogCaptureFixture
) -> None:
    engine = use(EchoEngine())
    long = [request("apples " * count, 2) for count in (200, 300)]
    samples = generate(model, [request("a"), *long], store, "exams")
    assert counts(samples) == (1, 0, 4, 3)
    assert [text for text, _ in engine.asked] == ["<user>a<end><assistant>"]
    reason = "4 of 5 samples failed: the prompt does not fit the model's context of 128 tokens"
    assert reason in caplog.text


class ForgetfulEngine(EchoEngine):
    """Ends its first calls after two results."""

    def __init__(self, forgetful_calls: int) -> None:
        super().__init__()
        self.forgetful_calls = forgetful_calls

    def generate(self, prompts: Iterable[Prompt]) -> Iterator[Generated]:
        for number, result in enumerate(super().generate(prompts)):
            if number == 2 and len(self.calls) <= self.forgetful_calls:
                return
            yield result


def test_what_got_no_result_is_asked_for_once_more(
    model: ModelSettings, store: GenerationStore, use: Use, caplog: pytest.LogCaptureFixture
) -> None:
    engine = use(ForgetfulEngine(1))
    samples = generate(model, [request("a", 5)], store, "exams")
    assert [prompt.samples for call in engine.calls for prompt in call] == [(0, 1, 2, 3, 4), (2, 3, 4)]
    assert counts(samples) == (5, 0, 0, 15)
    assert "no result for 3 of 5 samples" in caplog.text


def test_an_engine_that_gives_too_little_twice_ends_the_run_with_the_count_and_the_way_on(
    model: ModelSettings, store: GenerationStore, use: Use
) -> None:
    engine = use(ForgetfulEngine(2))
    with pytest.raises(
        ModelError, match=r"exams: .* no result for 1 of 5 samples.*run the same command again"
    ):
        generate(model, [request("a", 5)], store, "exams")
    assert store.count() == 4
    assert engine.closed == 1
    assert counts(generate(model, [request("a", 5)], store, "exams")) == (1, 4, 0, 3)


class InterruptedEngine(EchoEngine):
    """Is interrupted after five results, as by Ctrl-C."""

    def generate(self, prompts: Iterable[Prompt]) -> Iterator[Generated]:
        for number, result in enumerate(super().generate(prompts)):
            if number == 5:
                raise KeyboardInterrupt
            yield result


def test_ctrl_c_keeps_all_that_was_generated(model: ModelSettings, store: GenerationStore, use: Use) -> None:
    engine = use(InterruptedEngine())
    with pytest.raises(KeyboardInterrupt):
        generate(model, [request("a", 8)], store, "exams")
    assert engine.closed == 1
    assert store.count() == 5
    use(EchoEngine())
    assert counts(generate(model, [request("a", 8)], store, "exams")) == (3, 5, 0, 9)


def test_the_first_prompt_of_a_call_is_logged(
    model: ModelSettings, store: GenerationStore, use: Use, caplog: pytest.LogCaptureFixture
) -> None:
    use(EchoEngine())
    with caplog.at_level(logging.INFO):
        generate(model, [request("z"), request("a")], store, "teaching")
    assert "teaching: the first prompt is '<user>z<end><assistant>'" in caplog.text
    assert "<user>a" not in caplog.text


def test_an_unknown_model_ends_the_call_before_anything_loads(store: GenerationStore, use: Use) -> None:
    engine = use(EchoEngine())
    with pytest.raises(ModelError, match="teaching: there is no model folder no/such/model"):
        generate(ModelSettings(path="no/such/model"), [request("a")], store, "teaching")
    assert engine.opened == 0


def test_a_context_that_vllm_is_given_is_the_one_that_counts(
    model: ModelSettings, store: GenerationStore, use: Use
) -> None:
    engine = use(EchoEngine())
    narrow = model.model_copy(update={"engine": "vllm", "vllm": VllmSettings(max_model_len=20)})
    samples = generate(narrow, [request("a"), request("apples " * 30)], store, "exams")
    assert counts(samples) == (1, 0, 1, 3)
    assert len(engine.asked) == 1
