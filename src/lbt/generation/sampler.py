"""The one way to have text generated: what the store holds is taken from it, the rest is asked of an engine."""

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from tqdm import tqdm

from lbt.errors import ModelError
from lbt.generation.engine import Engine, Generated, Prompt, open_engine
from lbt.generation.identity import ModelIdentity, identify_model
from lbt.generation.rendering import load_tokenizer, render_prompt
from lbt.generation.requests import Completion, Request, request_key
from lbt.generation.settings import ModelSettings
from lbt.generation.store import GenerationStore, Origin, Row

log = logging.getLogger(__name__)

_COMMIT_EVERY_S = 1.0
_COMMIT_EVERY_ROWS = 1000
_SHOWN_FAILURES = 3

Stored = dict[str, dict[int, Completion]]
"""Completions by request key and sample index."""


@dataclass
class Samples:
    """The answers to a list of requests, and what they cost."""

    completions: list[list[Completion | None]]
    """Aligned with the requests and their samples; None where generation failed."""
    new: int
    """Samples generated in this call."""
    reused: int
    """Distinct samples that the store already had."""
    failed: int
    """Distinct samples that could not be generated; they are not stored, so that the next call asks again."""
    tokens: int
    """Generated in this call."""
    seconds: float


def generate(
    model: ModelSettings, requests: Sequence[Request], store: GenerationStore, label: str
) -> Samples:
    """Answer all requests, from the store where it has the answers.

    Equal requests are generated once. Results are stored as they come, so that an interrupted call loses a second's
    work at most, and calling again continues it. If nothing is missing, no model is loaded.

    Args:
        model: The model to ask.
        requests: What to ask; sample i of a request does not depend on the others.
        store: Where completions are looked up and kept.
        label: The stage, for messages, the progress bar and the store.

    Raises:
        ModelError: The model is unusable, or its engine gave fewer results than asked for, twice.
    """
    start = time.monotonic()
    identity = identify_model(model, label)
    keys, prompts = _render(model, identity, requests)
    stored = store.get(prompts)
    missing = _missing(prompts, stored)
    reused = sum(len(prompt.samples) for prompt in prompts.values()) - _sample_count(missing)
    new: list[Completion] = []
    failed = 0
    if missing:
        log.info("%s: first prompt %r", label, missing[0].text)
        new, failed = _fill(model, identity, missing, store, stored, label)
    completions = [
        [stored.get(key, {}).get(index) for index in range(request.samples)]
        for key, request in zip(keys, requests, strict=True)
    ]
    tokens = sum(completion.tokens for completion in new)
    return Samples(completions, len(new), reused, failed, tokens, time.monotonic() - start)


def _render(
    model: ModelSettings, identity: ModelIdentity, requests: Sequence[Request]
) -> tuple[list[str], dict[str, Prompt]]:
    """The key of every request, and the distinct prompts by key, each with the largest number of samples asked for."""
    if not requests:
        return [], {}
    tokenizer = load_tokenizer(identity)
    keys: list[str] = []
    prompts: dict[str, Prompt] = {}
    for request in requests:
        text = render_prompt(tokenizer, request.messages, request.prefill)
        key = request_key(model, identity.identity, text, request.sampling, request.seed)
        keys.append(key)
        if key not in prompts or len(prompts[key].samples) < request.samples:
            prompts[key] = Prompt(key, text, tuple(range(request.samples)), request.sampling)
    return keys, prompts


def _missing(prompts: dict[str, Prompt], stored: Stored) -> list[Prompt]:
    """What the store does not have, in the order of the texts, so that shared beginnings are neighbours."""
    missing = []
    for key, prompt in prompts.items():
        there = stored.get(key, {})
        samples = tuple(index for index in prompt.samples if index not in there)
        if samples:
            missing.append(replace(prompt, samples=samples))
    return sorted(missing, key=lambda prompt: prompt.text)


def _fill(
    model: ModelSettings,
    identity: ModelIdentity,
    missing: list[Prompt],
    store: GenerationStore,
    stored: Stored,
    label: str,
) -> tuple[list[Completion], int]:
    """Generate what is missing into the store and into `stored`; returns what is new and the number of failures."""
    total = _sample_count(missing)
    new: list[Completion] = []
    failures: list[Generated] = []
    with open_engine(model, identity) as engine, _progress(total, label) as bar:
        origin = Origin(identity.identity, model.path, engine.name, engine.version, label)
        for _ in range(2):
            for key, index, completion in _stream(engine, missing, store, origin, failures, bar):
                stored.setdefault(key, {})[index] = completion
                new.append(completion)
            missing = _unanswered(missing, stored, failures)
            if not missing:
                break
            log.warning(
                "%s: %s did not answer %d of %d samples", label, engine.name, _sample_count(missing), total
            )
    if missing:
        raise ModelError(
            f"{label}: the engine {model.engine} gave no result for {_sample_count(missing)} of {total} samples, also "
            "when asked again. The others are stored: run the same command again to continue from there."
        )
    _report(failures, total, label)
    return new, len(failures)


def _stream(
    engine: Engine,
    prompts: list[Prompt],
    store: GenerationStore,
    origin: Origin,
    failures: list[Generated],
    bar: "tqdm[None]",
) -> Iterator[Row]:
    """Yield the rows as the engine gives them, and store them once a second."""
    waiting: list[Row] = []
    committed = time.monotonic()
    try:
        for result in engine.generate(prompts):
            bar.update()
            if result.completion is None:
                failures.append(result)
                continue
            row = (result.key, result.sample_index, result.completion)
            waiting.append(row)
            yield row
            if len(waiting) >= _COMMIT_EVERY_ROWS or time.monotonic() - committed > _COMMIT_EVERY_S:
                store.put(waiting, origin)
                waiting, committed = [], time.monotonic()
    finally:
        store.put(waiting, origin)


def _unanswered(prompts: list[Prompt], stored: Stored, failures: list[Generated]) -> list[Prompt]:
    failed = {(failure.key, failure.sample_index) for failure in failures}
    remaining = []
    for prompt in _missing({prompt.key: prompt for prompt in prompts}, stored):
        samples = tuple(index for index in prompt.samples if (prompt.key, index) not in failed)
        if samples:
            remaining.append(replace(prompt, samples=samples))
    return remaining


def _report(failures: list[Generated], total: int, label: str) -> None:
    if failures:
        reasons = sorted({failure.failure for failure in failures})
        more = (
            f" and {len(reasons) - _SHOWN_FAILURES} other reasons" if len(reasons) > _SHOWN_FAILURES else ""
        )
        shown = "; ".join(reasons[:_SHOWN_FAILURES])
        log.warning("%s: %d of %d samples failed: %s%s", label, len(failures), total, shown, more)


def _sample_count(prompts: Iterable[Prompt]) -> int:
    return sum(len(prompt.samples) for prompt in prompts)


def _progress(total: int, label: str) -> "tqdm[None]":
    """A bar with rate and remaining time; where it is written to a file, a line now and then."""
    bar: tqdm[None] = tqdm(total=total, desc=label, unit="sample", dynamic_ncols=True)
    if not bar.fp.isatty():
        bar.mininterval = 10.0
    return bar
