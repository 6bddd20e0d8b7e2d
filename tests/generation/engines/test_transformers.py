import random
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

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
    open_engine,
)

pytest.importorskip("torch")

if TYPE_CHECKING:
    from transformers import PretrainedConfig

CONTEXT = 128
WORDS = ("apples", "boxes", "first", "gives", "12", "7", "so")

SAMPLED = SamplingSettings(temperature=1.0, max_tokens=24)
GREEDY = SamplingSettings(temperature=0, max_tokens=24)


def settings_of(folder: Path, **more: object) -> ModelSettings:
    return ModelSettings.model_validate({"path": str(folder), "dtype": "float32", "device": "cpu"} | more)


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Iterator[GenerationStore]]:
    """As many empty stores as a test takes."""
    opened: list[GenerationStore] = []

    def make() -> Iterator[GenerationStore]:
        while True:
            opened.append(GenerationStore(tmp_path / f"{len(opened)}.sqlite"))
            yield opened[-1]

    yield make()
    for store in opened:
        store.close()


def make_requests(count: int, sampling: SamplingSettings = SAMPLED, samples: int = 3) -> list[Request]:
    source = random.Random(0)
    questions = [" ".join(source.choices(WORDS, k=source.randint(1, 12))) for _ in range(count)]
    return [Request((("user", question),), samples, sampling, 1) for question in questions]


def texts(samples: Samples) -> list[list[str | None]]:
    return [[completion and completion.text for completion in answers] for answers in samples.completions]


def all_of(samples: Samples) -> list[Completion]:
    return [completion for answers in samples.completions for completion in answers if completion]


def architectures() -> dict[str, "PretrainedConfig"]:
    from transformers import GPT2Config, LlamaConfig, MistralConfig, Qwen2Config

    size = {
        "vocab_size": 120,
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "max_position_embeddings": CONTEXT,
        "pad_token_id": 0,
        "eos_token_id": 1,
        "bos_token_id": None,
        "initializer_range": 0.25,
    }
    grouped = size | {"intermediate_size": 64, "num_key_value_heads": 2}
    return {
        "plain": LlamaConfig(**size, intermediate_size=64),
        "grouped heads": Qwen2Config(**grouped),
        "sliding window": MistralConfig(**grouped, sliding_window=8),
        "learned positions": GPT2Config(**size),
    }


@pytest.mark.parametrize("architecture", ["plain", "grouped heads", "sliding window", "learned positions"])
@pytest.mark.parametrize("shared", ["", "apples gives boxes first gives so many apples that first boxes "])
def test_greedy_decoding_equals_that_of_transformers(
    architecture: str,
    shared: str,
    tokenizer_folder: Path,
    tmp_path: Path,
    stores: Iterator[GenerationStore],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import torch
    from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast

    torch.manual_seed(3)
    model = AutoModelForCausalLM.from_config(architectures()[architecture]).eval()
    tokenizer = PreTrainedTokenizerFast.from_pretrained(tokenizer_folder)
    for part in (model, tokenizer):
        part.save_pretrained(tmp_path / "model")
    from lbt.generation.engines.transformers import reading

    monkeypatch.setattr(reading, "PASS", {"cpu": 0.0})  # what is shared is read once however little it is
    requests = [
        replace(request, messages=(("user", shared + request.messages[0][1]),))
        for request in make_requests(20, GREEDY, 1)
    ]
    ours = texts(generate(settings_of(tmp_path / "model"), requests, next(stores), "exams"))
    theirs = []
    for request in requests:
        chat = f"<user>{request.messages[0][1]}<end><assistant>"
        inputs = tokenizer(chat, return_tensors="pt", add_special_tokens=False, return_token_type_ids=False)
        written = model.generate(**inputs, do_sample=False, max_new_tokens=24)[
            0, inputs["input_ids"].shape[1] :
        ]
        theirs.append([tokenizer.decode(written, skip_special_tokens=True)])
    assert ours == theirs


def test_results_depend_neither_on_the_batch_nor_on_the_order(
    tiny_model: Path, stores: Iterator[GenerationStore]
) -> None:
    requests = make_requests(30)
    alone = generate(settings_of(tiny_model, batch_size=1), requests, next(stores), "exams")
    shuffled = random.Random(1).sample(range(30), 30)
    for batch_size in (2, 7, 64):
        model = settings_of(tiny_model, batch_size=batch_size)
        together = generate(model, [requests[i] for i in shuffled], next(stores), "exams")
        answers = list(alone.completions)
        assert list(together.completions) == [answers[i] for i in shuffled]
    assert len({completion.text for completion in all_of(alone)}) > 60


def test_results_do_not_depend_on_how_many_samples_were_asked_for(
    tiny_model: Path, stores: Iterator[GenerationStore]
) -> None:
    at_once, in_steps = next(stores), next(stores)
    model = settings_of(tiny_model)
    for samples in (2, 3, 5):
        grown = generate(model, make_requests(8, samples=samples), in_steps, "teaching")
    whole = generate(model, make_requests(8, samples=5), at_once, "teaching")
    assert list(grown.completions) == list(whole.completions)
    assert grown.new == 16


def test_sampled_and_greedy_requests_go_together(tiny_model: Path, stores: Iterator[GenerationStore]) -> None:
    model = settings_of(tiny_model)
    sampled, greedy = make_requests(6), make_requests(6, GREEDY, 1)
    mixed = texts(generate(model, [*sampled, *greedy], next(stores), "exams"))
    assert mixed[:6] == texts(generate(model, sampled, next(stores), "exams"))
    assert mixed[6:] == texts(generate(model, greedy, next(stores), "exams"))


def test_the_first_token_comes_as_often_as_the_model_says(
    tiny_model: Path, stores: Iterator[GenerationStore]
) -> None:
    import numpy as np
    import torch
    from scipy import stats
    from transformers import AutoModelForCausalLM, AutoTokenizer

    sampling = SamplingSettings(temperature=0.8, max_tokens=1)
    request = Request((("user", "apples first"),), 4000, sampling, 1)
    (answers,) = generate(settings_of(tiny_model), [request], next(stores), "exams").completions
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    ids = tokenizer("<user>apples first<end><assistant>", return_tensors="pt", add_special_tokens=False)
    with torch.inference_mode():
        logits = AutoModelForCausalLM.from_pretrained(tiny_model)(**ids).logits[0, -1]
    expected: dict[str, float] = {}
    for token, share in enumerate(torch.softmax(logits.double() / 0.8, -1).tolist()):
        text = tokenizer.decode([token], skip_special_tokens=True)
        expected[text] = expected.get(text, 0) + 4000 * share
    observed = dict.fromkeys(expected, 0)
    for answer in answers:
        assert answer is not None
        observed[answer.text] += 1
    often = [text for text in expected if expected[text] >= 5]
    rare = [text for text in expected if expected[text] < 5]
    found = [*(observed[text] for text in often), sum(observed[text] for text in rare)]
    wanted = [*(expected[text] for text in often), sum(expected[text] for text in rare)]
    assert stats.chisquare(np.array(found), np.array(wanted)).pvalue > 0.001


def test_an_answer_ends_at_the_end_of_turn_or_at_the_limit(
    tiny_model: Path, stores: Iterator[GenerationStore]
) -> None:
    answers = all_of(generate(settings_of(tiny_model), make_requests(60), next(stores), "exams"))
    assert {answer.finish_reason for answer in answers} == {"stop", "length"}
    for answer in answers:
        assert answer.tokens == 24 if answer.finish_reason == "length" else answer.tokens <= 24
        assert "<end>" not in answer.text
        assert answer.prompt_tokens > 2


def test_an_answer_ends_before_a_stop_text(tiny_model: Path, stores: Iterator[GenerationStore]) -> None:
    free = generate(settings_of(tiny_model), make_requests(20), next(stores), "exams")
    stop = ("es", "1")
    sampling = SAMPLED.model_copy(update={"stop": stop})
    stopped = all_of(generate(settings_of(tiny_model), make_requests(20, sampling), next(stores), "exams"))
    assert all(text not in answer.text for answer in stopped for text in stop)
    early = [answer for answer in stopped if answer.finish_reason == "stop"]
    assert len(early) > sum(answer.finish_reason == "stop" for answer in all_of(free))


def test_a_stop_text_may_lie_across_tokens(tiny_model: Path, stores: Iterator[GenerationStore]) -> None:
    (greedy,) = make_requests(1, GREEDY, 1)
    whole = all_of(generate(settings_of(tiny_model), [greedy], next(stores), "exams"))[0].text
    part = whole[5:8]
    sampling = GREEDY.model_copy(update={"stop": (part,)})
    cut = Request(greedy.messages, 1, sampling, 1)
    answer = all_of(generate(settings_of(tiny_model), [cut], next(stores), "exams"))[0]
    assert answer.text == whole[: whole.index(part)]
    assert answer.finish_reason == "stop"


def test_a_prompt_that_fills_the_context_fails_alone(
    tiny_model: Path, stores: Iterator[GenerationStore], caplog: pytest.LogCaptureFixture
) -> None:
    long = Request((("user", "apples " * CONTEXT),), 2, SAMPLED, 1)
    samples = generate(settings_of(tiny_model), [*make_requests(3), long], next(stores), "exams")
    assert list(samples.completions)[3] == [None, None]
    assert (samples.new, samples.failed) == (9, 2)
    assert f"the model's context of {CONTEXT} tokens" in caplog.text


def test_an_answer_ends_where_the_context_does(tiny_model: Path, stores: Iterator[GenerationStore]) -> None:
    sampling = SamplingSettings(temperature=1.0, max_tokens=1000)
    answers = all_of(generate(settings_of(tiny_model), make_requests(30, sampling), next(stores), "exams"))
    assert max(answer.prompt_tokens + answer.tokens for answer in answers) <= CONTEXT


def test_closing_frees_the_model(tiny_model: Path) -> None:
    import gc
    import weakref

    settings = settings_of(tiny_model)
    with closing(open_engine(settings, identify_model(settings, "models.teacher"))) as engine:
        model = weakref.ref(engine._model)
    gc.collect()
    assert model() is None


@pytest.mark.parametrize("device", ["cuda:99", "abacus", "meta"])
def test_a_device_that_is_not_there_is_named(tiny_model: Path, device: str) -> None:
    settings = settings_of(tiny_model, device=device)
    with pytest.raises(ModelError, match=f"models.teacher: .*'{device}'.* auto"):
        open_engine(settings, identify_model(settings, "models.teacher"))


def test_broken_weights_are_named(tokenizer_folder: Path) -> None:
    settings = settings_of(tokenizer_folder)
    with pytest.raises(ModelError, match=r"models.teacher: .* cannot be loaded"):
        open_engine(settings, identify_model(settings, "models.teacher"))


def test_an_adapter_changes_what_is_written(
    tiny_model: Path, tmp_path: Path, stores: Iterator[GenerationStore]
) -> None:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(0)
    adapted = get_peft_model(
        AutoModelForCausalLM.from_pretrained(tiny_model),
        LoraConfig(r=4, target_modules=["q_proj", "v_proj"], init_lora_weights=False),
    )
    adapted.save_pretrained(tmp_path / "adapter")
    requests = make_requests(5, GREEDY, 1)
    plain = generate(settings_of(tiny_model), requests, next(stores), "exams")
    tuned = generate(
        settings_of(tiny_model, adapter=str(tmp_path / "adapter")), requests, next(stores), "exams"
    )
    assert texts(plain) != texts(tuned)


def test_everything_asked_for_comes_back(tiny_model: Path) -> None:
    from lbt.generation import Prompt

    settings = settings_of(tiny_model, batch_size=4)
    prompts: Sequence[Prompt] = [
        Prompt(f"key {n}", "", tuple(range(n)), SAMPLED, tokens=(2, 10 + n, 1, 3)) for n in range(1, 8)
    ]
    with closing(open_engine(settings, identify_model(settings, "models.teacher"))) as engine:
        results = [(result.key, result.sample_index) for result in engine.generate(prompts)]
    assert sorted(results) == [(prompt.key, index) for prompt in prompts for index in prompt.samples]


def test_prompts_that_come_a_few_at_a_time_fill_batches(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lbt.generation import Prompt
    from lbt.generation.engines.transformers import engine as module

    class Feed(Iterator[Prompt]):
        """Stops after every third prompt and goes on when asked again, like the prompts of an actor."""

        given = 0
        stops = 0

        def __next__(self) -> Prompt:
            if self.given == 12 or self.given // 3 > self.stops:
                self.stops += 1
                raise StopIteration
            self.given += 1
            return Prompt(f"key {self.given}", "", (0,), SAMPLED, tokens=(2, 10 + self.given, 1, 3))

    sizes: list[int] = []
    decode = module.decode
    monkeypatch.setattr(
        module,
        "decode",
        lambda model, batch, ending: sizes.append(len(batch.limits)) or decode(model, batch, ending),
    )
    settings = settings_of(tiny_model, batch_size=4)
    with closing(open_engine(settings, identify_model(settings, "models.teacher"))) as engine:
        keys = {result.key for result in engine.generate(Feed())}
    assert len(keys) == 12
    assert sizes == [4, 4, 4]
