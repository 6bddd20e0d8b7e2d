"""What an OpenAI-compatible server is sent, and how its answers are read."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from lbt.generation.engines.engine import Generated, Prompt
from lbt.generation.requests import Completion, FinishReason, runs_of, sample_seed

Api = Literal["completions", "chat"]

_FINISH_REASONS: dict[Any, FinishReason] = {"stop": "stop", "length": "length"}


class BadAnswer(Exception):
    """A response without a single usable choice; its text says what is wrong with it."""


@dataclass(slots=True)
class Call:
    """Samples `start` to `start + count - 1` of a prompt: what one HTTP request asks for."""

    prompt: Prompt
    start: int
    count: int
    failures: int = 0
    """Tries so far; a try that brings some of the choices makes a new call of the rest."""

    @property
    def indices(self) -> range:
        """Of its samples."""
        return range(self.start, self.start + self.count)


def calls_of(prompts: Iterable[Prompt], largest: int | None) -> Iterator[Call]:
    """The calls for all samples of the prompts, made as they are taken.

    Consecutive samples go in one call of at most `largest`; greedy ones, of which servers take one, alone.
    """
    for prompt in prompts:
        for start, length in runs_of(prompt.samples):
            size = 1 if prompt.sampling.greedy else largest or length
            for first in range(start, start + length, size):
                yield Call(prompt, first, min(size, start + length - first))


def remaining_calls(call: Call, results: Iterable[Generated]) -> list[Call]:
    """The calls for the samples of a call that are not among the results."""
    there = {result.sample_index for result in results}
    missing = [index for index in call.indices if index not in there]
    return [Call(call.prompt, start, length) for start, length in runs_of(missing)]


def request_of(call: Call, model: str, api: Api) -> tuple[str, dict[str, Any]]:
    """Path and JSON body of a call.

    Completions are asked with the prompt's tokens, so that the server adds no BOS and sees what was keyed. A
    prefill goes to a chat server as the start of an assistant message that is to be continued, in the words
    of vLLM and SGLang. No top_k is sent for 0, which hosted servers do not know: a vLLM server must run with
    `--generation-config vllm`, or it uses the top_k of the model's generation_config.json.
    """
    prompt = call.prompt
    body: dict[str, Any] = {
        "model": model,
        "n": call.count,
        "seed": sample_seed(prompt.key, call.start),
        "temperature": prompt.sampling.temperature,
        "top_p": prompt.sampling.top_p,
        "max_tokens": prompt.sampling.max_tokens,
    }
    if prompt.sampling.top_k:
        body["top_k"] = prompt.sampling.top_k
    if prompt.sampling.stop:
        body["stop"] = list(prompt.sampling.stop)
    if api == "completions":
        return "/completions", body | {"prompt": list(prompt.tokens)}
    body["messages"] = [{"role": role, "content": content} for role, content in prompt.messages]
    if prompt.prefill:
        body["messages"].append({"role": "assistant", "content": prompt.prefill})
        body |= {"continue_final_message": True, "add_generation_prompt": False}
    return "/chat/completions", body


def read_answer(text: str, call: Call, api: Api) -> list[Generated]:
    """The samples in the body of a response, which may be fewer than the call asked for.

    A server counts the tokens of all its choices together; each is given an equal share, the first also what
    is left over, so that sums are exact and single counts of a call with several choices are means. A server
    that counts nothing gives 0. An answer that ends for another reason than its end, a stop text or the token
    limit is a failure.

    Raises:
        BadAnswer: The body is not JSON or has no usable choice.
    """
    payload = _payload(text)
    choices = [choice for choice in payload["choices"] if isinstance(choice, dict)]
    totals = payload.get("usage") if isinstance(payload.get("usage"), dict) else {}
    share, left_over = divmod(_count(totals, "completion_tokens"), max(1, len(choices)))
    prompt_tokens = len(call.prompt.tokens) or _count(totals, "prompt_tokens")
    results = []
    for place, (offset, choice) in enumerate(zip(_offsets(choices), choices, strict=True)):
        if offset >= call.count:
            continue
        reason = choice.get("finish_reason")
        answer = _text(choice, api)
        if answer is None and reason in (None, *_FINISH_REASONS):
            continue
        key, index = call.prompt.key, call.start + offset
        if reason not in _FINISH_REASONS:
            failure = f"the server ended the answer with finish_reason {reason!r}"
            results.append(Generated(key, index, None, failure))
            continue
        written = _written(answer or "", call.prompt, api)
        tokens = share + (left_over if place == 0 else 0)
        completion = Completion(written, _FINISH_REASONS[reason], prompt_tokens, tokens)
        results.append(Generated(key, index, completion))
    if not results:
        raise BadAnswer("an answer without text")
    return results


def _payload(text: str) -> dict[str, Any]:
    try:
        payload = json.loads(text)
    except ValueError:
        html = text.lstrip()[:1] == "<"  # of a gateway that fails, or where the address lacks its /v1
        raise BadAnswer(
            "an answer that is a web page; does its address end in /v1?"
            if html
            else "an answer in invalid JSON"
        ) from None
    choices = payload.get("choices") if isinstance(payload, dict) else None
    if not isinstance(choices, list) or not choices:
        raise BadAnswer("an answer without choices")
    return dict(payload)


def _offsets(choices: list[dict[str, Any]]) -> list[int]:
    """Which sample of the call each choice is: its index or, where those are of no use, its place."""
    offsets = [choice.get("index") for choice in choices]
    numbers = [offset for offset in offsets if type(offset) is int and offset >= 0]
    return numbers if len(set(numbers)) == len(choices) else list(range(len(choices)))


def _text(choice: dict[str, Any], api: Api) -> str | None:
    if api == "completions":
        text = choice.get("text")
    else:
        message = choice.get("message")
        text = message.get("content") if isinstance(message, dict) else None
        # Thoughts in which a reasoning model is cut off are not its answer, which is then empty.
        if text is None and isinstance(message, dict) and choice.get("finish_reason") == "length":
            return ""
    return text if isinstance(text, str) else None


def _written(text: str, prompt: Prompt, api: Api) -> str:
    """The text after the prefill, which some chat servers repeat, and before a stop text."""
    if api == "chat":
        text = text.removeprefix(prompt.prefill)
    ends = [place for place in map(text.find, prompt.sampling.stop) if place >= 0]
    return text[: min(ends, default=len(text))]


def _count(totals: Any, field: str) -> int:
    value = totals.get(field)
    return value if type(value) is int and value > 0 else 0
