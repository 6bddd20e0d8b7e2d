"""The engine and its client against a real HTTP server that fails on purpose."""

import asyncio
import gc
import hashlib
import json
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import count, islice, pairwise
from pathlib import Path

import openai
import pytest
from tests.generation.engines.faulty_server import FAULTS, Asked, FaultyServer

from lbt.errors import ModelError
from lbt.generation import (
    Generated,
    GenerationStore,
    ModelIdentity,
    ModelSettings,
    Prompt,
    Request,
    SamplingSettings,
    generate,
)
from lbt.generation.engines.openai import session
from lbt.generation.engines.openai.calls import BadAnswer, Call, read_answer
from lbt.generation.engines.openai.engine import OpenAIEngine
from lbt.generation.engines.openai.faults import retry_after_s
from lbt.generation.requests import sample_seed
from lbt.generation.settings import ServerSettings

pytestmark = pytest.mark.slow

SAMPLING = SamplingSettings(temperature=0.7, max_tokens=16)
GREEDY = SamplingSettings(temperature=0, max_tokens=16)
KEY = "sk-secret-0123456789"
NOWHERE = "http://127.0.0.1:9/v1"

Texts = dict[tuple[str, int], tuple[str, str]]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test waits long, and none sends a key it does not know of."""
    monkeypatch.setattr(session, "_BACKOFF_S", 0.01)
    monkeypatch.setattr(session, "_LONGEST_BACKOFF_S", 0.05)
    for variable in ("OPENAI_API_KEY", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(variable, raising=False)


def model_of(*servers: FaultyServer | str, **settings: object) -> ModelSettings:
    endpoints = tuple(server if isinstance(server, str) else server.url for server in servers)
    defaults: dict[str, object] = {"timeout_s": 20, "attempts": 12, "concurrency": 8}
    server = ServerSettings.model_validate({"endpoints": endpoints, "model": "m"} | defaults | settings)
    return ModelSettings(path="no/such/folder", engine="openai", server=server)


def engine_of(*servers: FaultyServer | str, **settings: object) -> OpenAIEngine:
    identity = ModelIdentity("models.teacher", "no/such/folder", "", "0" * 64, None)
    return OpenAIEngine(model_of(*servers, **settings), identity)


def prompt_of(
    number: int,
    samples: Sequence[int] = (0,),
    sampling: SamplingSettings = SAMPLING,
    chat: bool = False,
    prefill: str = "",
) -> Prompt:
    key = hashlib.sha256(str(number).encode()).hexdigest()
    messages = (("system", "be short"), ("user", f"question {number}")) if chat else ()
    tokens = () if chat else (1, 2, number)
    return Prompt(key, f"question {number}", tuple(samples), sampling, tokens, messages, prefill)


def texts_of(results: Sequence[Generated]) -> Texts:
    """Text and finish reason of what was answered."""
    return {
        (result.key, result.sample_index): (result.completion.text, result.completion.finish_reason)
        for result in results
        if result.completion is not None
    }


def failures_of(results: Sequence[Generated]) -> list[str]:
    return [result.failure for result in results if result.completion is None]


def ask(engine: OpenAIEngine, prompts: Sequence[Prompt]) -> list[Generated]:
    """All results; none missing, none twice."""
    with closing(engine):
        results = list(engine.generate(prompts))
    got = sorted((result.key, result.sample_index) for result in results)
    assert got == sorted((prompt.key, index) for prompt in prompts for index in prompt.samples)
    return results


def healthy_texts(prompts: Sequence[Prompt], **settings: object) -> Texts:
    with FaultyServer() as server:
        return texts_of(ask(engine_of(server, **settings), prompts))


# What is sent


def test_the_tokens_that_were_keyed_are_sent_with_the_sampling_settings() -> None:
    sampling = SamplingSettings(temperature=0.7, top_p=0.9, top_k=5, max_tokens=16, stop=("\nQ", "#"))
    with FaultyServer() as server:
        ask(engine_of(server), [prompt_of(7, (0, 1, 2), sampling)])
        (asked,) = server.asked
    assert asked.path == "/v1/completions"
    assert asked.body == {
        "model": "m",
        "prompt": [1, 2, 7],
        "n": 3,
        "seed": sample_seed(prompt_of(7).key, 0),
        "temperature": 0.7,
        "top_p": 0.9,
        "top_k": 5,
        "max_tokens": 16,
        "stop": ["\nQ", "#"],
    }


def test_top_k_and_stop_are_not_sent_when_they_change_nothing() -> None:
    with FaultyServer() as server:
        ask(engine_of(server), [prompt_of(7)])
    assert {"top_k", "stop"}.isdisjoint(server.asked[0].body)


def test_samples_are_asked_in_runs_with_the_seed_of_their_first() -> None:
    prompt = prompt_of(1, (0, 1, 2, 5))
    with FaultyServer() as server:
        results = ask(engine_of(server), [prompt])
    asked = sorted((call.body["seed"], call.body["n"]) for call in server.asked)
    assert asked == [(sample_seed(prompt.key, 0), 3), (sample_seed(prompt.key, 5), 1)]
    assert texts_of(results) == {
        place: text
        for place, text in healthy_texts([prompt_of(1, range(6))]).items()
        if place[1] in (0, 1, 2, 5)
    }


def test_a_sample_is_the_same_however_many_are_asked_in_a_call() -> None:
    prompts = [prompt_of(number, range(5)) for number in range(4)]
    with FaultyServer() as server:
        results = ask(engine_of(server, samples_per_request=2), prompts)
    assert texts_of(results) == healthy_texts(prompts)
    assert sorted(call.body["n"] for call in server.asked) == [1] * 4 + [2] * 8


def test_a_greedy_prompt_is_asked_one_choice_at_a_time() -> None:
    with FaultyServer() as server:
        ask(engine_of(server), [prompt_of(1, (0, 1), GREEDY)])
    assert [(call.body["n"], call.body["temperature"]) for call in server.asked] == [(1, 0), (1, 0)]


def test_the_models_path_is_its_name_unless_the_server_has_another() -> None:
    with FaultyServer() as server:
        ask(engine_of(server, model=None), [prompt_of(1)])
    assert server.asked[0].body["model"] == "no/such/folder"


def test_a_chat_server_is_sent_messages_and_the_prefill_as_an_answer_to_continue() -> None:
    with FaultyServer() as server:
        ask(engine_of(server, api="chat"), [prompt_of(3, chat=True, prefill="So ")])
        ask(engine_of(server, api="chat"), [prompt_of(3, chat=True)])
    begun, plain = (call.body for call in server.asked)
    messages = [
        {"role": "system", "content": "be short"},
        {"role": "user", "content": "question 3"},
    ]
    assert server.asked[0].path == "/v1/chat/completions"
    assert begun["messages"] == [*messages, {"role": "assistant", "content": "So "}]
    assert (begun["continue_final_message"], begun["add_generation_prompt"]) == (True, False)
    assert plain["messages"] == messages
    assert {"continue_final_message", "add_generation_prompt", "prompt"}.isdisjoint(plain)


# What comes back


def test_a_prefill_that_the_server_repeats_is_no_part_of_the_text() -> None:
    prompts = [prompt_of(number, (0, 1), chat=True, prefill="So ") for number in range(4)]
    with FaultyServer(echoes=True) as server:
        results = ask(engine_of(server, api="chat"), prompts)
    assert texts_of(results) == healthy_texts(prompts, api="chat")


def test_tokens_of_choices_are_an_equal_share_and_sum_up_exactly() -> None:
    call = Call(prompt_of(1), 4, 3)
    choices = [{"index": place, "text": "x", "finish_reason": "stop"} for place in range(3)]
    usage = {"prompt_tokens": 3, "completion_tokens": 11}
    results = read_answer(json.dumps({"choices": choices, "usage": usage}), call, "completions")
    completions = [result.completion for result in results]
    assert [result.sample_index for result in results] == [4, 5, 6]
    assert [completion and completion.tokens for completion in completions] == [5, 3, 3]
    assert [completion and completion.prompt_tokens for completion in completions] == [3, 3, 3]


@pytest.mark.parametrize(
    ("indices", "expected"),
    [([0, 1], [0, 1]), ([1, 0], [1, 0]), ([0, 0], [0, 1]), ([None, None], [0, 1]), ([2, 7], [2])],
)
def test_a_choice_is_the_sample_of_its_index_or_else_of_its_place(
    indices: list[int | None], expected: list[int]
) -> None:
    choices = [{"index": index, "text": "x", "finish_reason": "stop"} for index in indices]
    results = read_answer(json.dumps({"choices": choices}), Call(prompt_of(1), 0, 3), "completions")
    assert [result.sample_index for result in results] == expected


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"choices": null}',
        '{"choices": [null]}',
        '{"choices": [{"text": 3}]}',
        "<html>",
    ],
)
def test_what_is_no_answer_is_said_to_be_none(body: str) -> None:
    with pytest.raises(BadAnswer, match="an answer"):
        read_answer(body, Call(prompt_of(1), 0, 1), "completions")


def test_a_stop_text_that_a_server_leaves_in_is_cut() -> None:
    sampling = SamplingSettings(temperature=0, max_tokens=16, stop=("\nQ",))
    body = json.dumps({"choices": [{"index": 0, "text": "4\nQ: 5", "finish_reason": "stop"}]})
    (result,) = read_answer(body, Call(prompt_of(1, sampling=sampling), 0, 1), "completions")
    assert result.completion is not None
    assert result.completion.text == "4"


def test_a_chat_answer_cut_off_while_it_reasons_is_empty_and_too_long() -> None:
    choice = {"index": 0, "message": {"content": None, "reasoning": "hm"}, "finish_reason": "length"}
    (result,) = read_answer(json.dumps({"choices": [choice]}), Call(prompt_of(1), 0, 1), "chat")
    assert result.completion is not None
    assert (result.completion.text, result.completion.finish_reason) == ("", "length")


def test_an_answer_that_ends_for_another_reason_fails_at_once() -> None:
    with FaultyServer(finish="content_filter") as server:
        results = ask(engine_of(server), [prompt_of(1, (0, 1))])
    assert failures_of(results) == ["the server ended the answer with finish_reason 'content_filter'"] * 2
    assert len(server.asked) == 1


# Faults


@pytest.mark.parametrize("kind", FAULTS)
def test_every_fault_is_survived(kind: str) -> None:
    prompts = [prompt_of(number, (0, 1)) for number in range(12)]
    # A short timeout only where it is the matter: on a busy machine it would strike elsewhere too.
    timeout_s = 0.3 if kind == "hang" else 20
    with FaultyServer(share=0.4, kinds=(kind,)) as server:
        results = ask(engine_of(server, timeout_s=timeout_s), prompts)
    assert {call.fault for call in server.asked} == {None, kind}
    assert texts_of(results) == healthy_texts(prompts)


@pytest.mark.parametrize("api", ["completions", "chat"])
def test_with_faults_in_thirty_percent_of_the_calls_every_request_is_answered(api: str) -> None:
    prompts = [prompt_of(number, range(1 + number % 3), chat=api == "chat") for number in range(200)]
    with FaultyServer(share=0.3, hang_s=4) as server:
        results = ask(engine_of(server, api=api, concurrency=32, timeout_s=2), prompts)
    assert {call.fault for call in server.asked} == {None, *FAULTS}
    assert failures_of(results) == []
    assert texts_of(results) == healthy_texts(prompts, api=api)


def test_what_is_out_of_tries_is_counted_with_the_reason() -> None:
    prompts = [prompt_of(number) for number in range(60)]
    with FaultyServer(share=0.5, kinds=("500", "HTML")) as server:
        results = ask(engine_of(server, attempts=2), prompts)
    expected = healthy_texts(prompts)
    assert 0 < len(failures_of(results)) < 40
    assert all(expected[place] == text for place, text in texts_of(results).items())
    assert set(failures_of(results)) <= {
        f"{server.url}: HTTP 500: no luck with Bearer none (tried 2 times)",
        f"{server.url}: an answer that is a web page; does its address end in /v1? (tried 2 times)",
    }


def test_too_few_choices_are_kept_and_only_the_rest_is_asked_again() -> None:
    prompt = prompt_of(1, (3, 4, 5))
    with FaultyServer(share=1.0, kinds=("too few choices",)) as server:
        # Each answer lacks its first choice: two calls, and then an only choice that never comes.
        results = ask(engine_of(server, attempts=2), [prompt])
    seed = sample_seed(prompt.key, 3)
    assert [(call.body["seed"], call.body["n"]) for call in server.asked] == [(seed, 3), (seed, 1), (seed, 1)]
    assert failures_of(results) == [f"{server.url}: an answer without choices (tried 2 times)"]
    assert sorted(index for _, index in texts_of(results)) == [4, 5]


def test_a_bad_request_fails_its_prompt_with_the_servers_words_and_is_not_tried_again() -> None:
    with FaultyServer(fault="400") as server:
        results = ask(engine_of(server), [prompt_of(1, (0, 1))])
    assert failures_of(results) == [f"{server.url}: HTTP 400: no luck with Bearer none"] * 2
    assert len(server.asked) == 1


def by_prompt(asked: Sequence[Asked]) -> list[list[Asked]]:
    prompts = {call.prompt for call in asked}
    return [[call for call in asked if call.prompt == prompt] for prompt in prompts]


def test_retry_after_is_waited_for() -> None:
    prompts = [prompt_of(number) for number in range(8)]
    with FaultyServer(share=0.5, kinds=("429 with Retry-After",), retry_after="0.3") as server:
        ask(engine_of(server), prompts)
    waits = [
        later.at - earlier.at
        for calls in by_prompt(server.asked)
        for earlier, later in pairwise(calls)
        if earlier.fault
    ]
    assert waits
    assert min(waits) >= 0.3


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("3", 3),
        ("0.5", 0.5),
        ("-1", 0),
        ("9999", 120),
        ("inf", 120),
        ("nan", None),
        ("", None),
        ("soon", None),
    ],
)
def test_retry_after_is_read_in_seconds_up_to_two_minutes(header: str, seconds: float | None) -> None:
    assert retry_after_s({"retry-after": header}, datetime.now(UTC)) == seconds


@pytest.mark.parametrize(("later_s", "seconds"), [(40, 40), (-40, 0), (4000, 120)])
def test_retry_after_is_read_as_a_date(later_s: int, seconds: float) -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    header = format_datetime(now + timedelta(seconds=later_s), usegmt=True)
    assert retry_after_s({"retry-after": header}, now) == seconds


# The key


@pytest.mark.parametrize("key", [None, KEY])
def test_a_refused_key_ends_the_run_with_the_variable_and_without_the_key(
    key: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if key is not None:
        monkeypatch.setenv("MY_KEY", key)
    with (
        FaultyServer(key="another") as server,
        closing(engine_of(server, key_variable="MY_KEY")) as engine,
        pytest.raises(ModelError) as caught,
    ):
        list(engine.generate([prompt_of(number) for number in range(100)]))
    message = str(caught.value)
    state = "holds a key" if key else "is not set"
    assert f"models.teacher: {server.url} does not answer for the model 'm' (HTTP 401" in message
    assert f"environment variable MY_KEY, which {state}" in message
    assert KEY not in message
    assert len(server.asked) <= 8


def test_connections_are_closed_though_the_run_ends_while_they_are_being_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    closed = []
    close = openai.AsyncOpenAI.close

    async def slowly(client: openai.AsyncOpenAI) -> None:
        await asyncio.sleep(0.2)
        await close(client)
        closed.append(client)

    monkeypatch.setattr(openai.AsyncOpenAI, "close", slowly)
    with (
        FaultyServer(key="another") as server,
        closing(engine_of(server, concurrency=1)) as engine,
        pytest.raises(ModelError),
    ):
        list(engine.generate([prompt_of(1)]))
    assert len(closed) == 1


def test_an_unknown_model_ends_the_run_and_names_it() -> None:
    with (
        FaultyServer(fault="unknown model") as server,
        closing(engine_of(server)) as engine,
        pytest.raises(
            ModelError, match=r"'m' \(HTTP 404: .*Set server\.model to a name that the server knows"
        ),
    ):
        list(engine.generate([prompt_of(1)]))


def test_an_address_without_v1_ends_the_run_and_is_corrected() -> None:
    with FaultyServer() as server:
        address = server.url.removesuffix("/v1")
        with (
            closing(engine_of(address)) as engine,
            pytest.raises(ModelError, match=rf"not know this address\..* ends in /v1, here {server.url}\."),
        ):
            list(engine.generate([prompt_of(1)]))


def test_the_key_is_sent_and_shown_nowhere(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", f" {KEY}\n")
    with caplog.at_level(logging.DEBUG):
        with FaultyServer(share=0.6, key=KEY) as server:
            results = ask(engine_of(server, NOWHERE, attempts=3), [prompt_of(n) for n in range(40)])
            engine = engine_of(server)
        with FaultyServer(fault="500") as quoting:
            results += ask(engine_of(quoting, attempts=2), [prompt_of(1)])
        with FaultyServer(key="another") as server, pytest.raises(ModelError) as caught:
            ask(engine_of(server), [prompt_of(1)])
    assert {call.authorization for call in server.asked} == {f"Bearer {KEY}"}
    assert failures_of(results)[-1] == f"{quoting.url}: HTTP 500: no luck with Bearer *** (tried 2 times)"
    shown = [caplog.text, *capfd.readouterr(), repr(caught.value), repr(engine), *failures_of(results)]
    assert all(KEY not in text for text in shown)


def test_a_call_is_no_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), FaultyServer() as server:
        ask(engine_of(server), [prompt_of(1)])
    assert [record.name for record in caplog.records if record.name != "asyncio"] == []


def test_what_cannot_be_a_key_is_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", f"{KEY}\nexport X=1")
    with pytest.raises(ModelError, match="OPENAI_API_KEY does not hold an API key") as caught:
        engine_of(NOWHERE)
    assert KEY not in str(caught.value)


def test_a_url_that_is_none_is_refused() -> None:
    with pytest.raises(ModelError, match=r"http://host:port/v1 in server.endpoints is not a URL"):
        engine_of("http://host:port/v1")


# Concurrency


def test_as_many_calls_are_in_flight_as_allowed_and_no_more() -> None:
    with FaultyServer(delay_s=0.05) as server:
        ask(engine_of(server, concurrency=5), [prompt_of(number) for number in range(40)])
    assert server.most_at_once == 5


def test_a_slow_endpoint_takes_fewer_calls() -> None:
    prompts = [prompt_of(number) for number in range(200)]
    with FaultyServer(delay_s=0.5) as slow, FaultyServer(delay_s=0.05) as fast:
        results = ask(engine_of(slow, fast, concurrency=4), prompts)
    assert texts_of(results) == healthy_texts(prompts)
    assert 0 < 2 * len(slow.asked) < len(fast.asked)
    assert max(slow.most_at_once, fast.most_at_once) == 4


def test_neighbours_go_to_the_same_endpoint() -> None:
    with FaultyServer(delay_s=0.05) as one, FaultyServer(delay_s=0.05) as other:
        ask(engine_of(one, other, concurrency=4), [prompt_of(number) for number in range(160)])
    numbers = {call.body["prompt"][-1] for call in one.asked}
    together = sum((number in numbers) == (number + 1 in numbers) for number in range(159))
    assert together > 110, "half of the 159 by chance"


def test_the_work_of_a_dead_endpoint_goes_to_the_other(caplog: pytest.LogCaptureFixture) -> None:
    prompts = [prompt_of(number, (0, 1)) for number in range(60)]
    with FaultyServer(delay_s=0.01) as server:
        results = ask(engine_of(NOWHERE, server, attempts=30), prompts)
    assert texts_of(results) == healthy_texts(prompts)
    assert caplog.text.count(f"{NOWHERE}: no connection") == 1


def test_an_endpoint_that_dies_in_the_middle_leaves_its_work_to_the_other() -> None:
    prompts = [prompt_of(number) for number in range(120)]
    with FaultyServer(dies_after=20, delay_s=0.005) as mortal, FaultyServer(delay_s=0.005) as server:
        results = ask(engine_of(mortal, server, attempts=30), prompts)
    assert texts_of(results) == healthy_texts(prompts)
    assert mortal.answered == 20


def test_with_no_endpoint_left_all_fail_together() -> None:
    began = time.monotonic()
    results = ask(
        engine_of(NOWHERE, attempts=4, concurrency=50), [prompt_of(number) for number in range(100)]
    )
    assert len(failures_of(results)) == 100
    assert all("no connection" in failure and "tried 4 times" in failure for failure in failures_of(results))
    assert time.monotonic() - began < 20  # far from the minute for which a silent server is waited for


def test_after_a_minute_without_any_answer_the_rest_fails_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_PATIENCE_S", 0.2)
    began = time.monotonic()
    with FaultyServer(fault="500", delay_s=0.05) as server:
        results = ask(engine_of(server, attempts=2), [prompt_of(number) for number in range(5000)])
    assert 0 < len(server.asked) < 200
    assert "not asked: there was no answer for 0.2 s" in failures_of(results)
    assert time.monotonic() - began < 5


def test_an_outage_shorter_than_a_minute_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_PATIENCE_S", 1.0)
    with FaultyServer(share=0.5, kinds=("500",), delay_s=0.1) as server:
        results = ask(
            engine_of(server, attempts=1, concurrency=1), [prompt_of(number) for number in range(40)]
        )
    assert len(server.asked) == 40
    assert len(texts_of(results)) > 10


# Laziness and closing


def test_prompts_are_taken_no_faster_than_they_are_answered() -> None:
    taken = 0

    def endless() -> Iterator[Prompt]:
        nonlocal taken
        for number in count():
            taken += 1
            yield prompt_of(number)

    with FaultyServer() as server, closing(engine_of(server, concurrency=4)) as engine:
        for received, _ in enumerate(islice(engine.generate(endless()), 300)):
            assert taken <= received + 2 * 4 + 1


def test_prompts_are_taken_in_the_callers_thread() -> None:
    threads = set()

    def prompts() -> Iterator[Prompt]:
        for number in range(50):
            threads.add(threading.current_thread())
            yield prompt_of(number)

    with FaultyServer() as server, closing(engine_of(server)) as engine:
        list(engine.generate(prompts()))
    assert threads == {threading.current_thread()}


def test_no_prompts_are_no_calls() -> None:
    with FaultyServer() as server:
        assert ask(engine_of(server), []) == []
    assert server.asked == []


def own_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "openai"]


@pytest.mark.parametrize("closes_engine", [False, True])
def test_closing_in_the_middle_cancels_what_is_in_flight(closes_engine: bool) -> None:
    with FaultyServer(share=0.5, kinds=("hang",), hang_s=5) as server:
        engine = engine_of(server, timeout_s=60)
        results = engine.generate([prompt_of(number) for number in range(100)])
        next(results)
        began = time.monotonic()
        if closes_engine:
            engine.close()
            list(results)
        else:
            results.close()  # type: ignore[attr-defined]
        assert time.monotonic() - began < 2
        assert own_threads() == []
        time.sleep(0.2)  # the server reads what was sent before
        asked = len(server.asked)
        time.sleep(0.2)
        assert len(server.asked) == asked < 100
    gc.collect()  # an unclosed connection is a warning here, and so an error


def test_an_error_of_the_source_of_prompts_is_the_callers_and_ends_all() -> None:
    def prompts() -> Iterator[Prompt]:
        yield prompt_of(1)
        raise KeyError("source")

    with (
        FaultyServer() as server,
        closing(engine_of(server)) as engine,
        pytest.raises(KeyError, match="source"),
    ):
        list(engine.generate(prompts()))
    assert own_threads() == []


# With the sampler and a store


def questions(number: int) -> list[Request]:
    return [Request((("user", f"question {place}"),), 2, SAMPLING, 1) for place in range(number)]


def test_a_server_that_dies_in_the_middle_ends_the_run_and_everything_answered_is_stored(
    tokenizer_folder: Path, tmp_path: Path
) -> None:
    def model(server: FaultyServer) -> ModelSettings:
        return model_of(server, attempts=3).model_copy(update={"path": str(tokenizer_folder)})

    with GenerationStore(tmp_path / "generations.sqlite") as store:
        with FaultyServer(dies_after=30) as mortal, pytest.raises(ModelError, match="run the same command"):
            generate(model(mortal), questions(200), store, "exams")
        with FaultyServer() as server:
            samples = generate(model(server), questions(200), store, "exams")
        assert (samples.new, samples.reused, samples.failed) == (400 - 60, 60, 0)
        assert mortal.answered == 30
        assert len(server.asked) == 170
        with FaultyServer() as other, GenerationStore(tmp_path / "other.sqlite") as fresh:
            expected = generate(model(other), questions(200), fresh, "exams")
            assert list(samples.completions) == list(expected.completions)
