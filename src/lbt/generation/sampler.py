"""The one way to have text generated: what the store has is taken from it, an engine writes the rest."""

import logging
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

from tqdm import tqdm

from lbt.errors import ModelError
from lbt.generation.engine import Prompt, open_engine
from lbt.generation.identity import ModelIdentity, identify_model
from lbt.generation.recording import Recorder, Stored
from lbt.generation.rendering import load_tokenizer, render_prompt
from lbt.generation.requests import Completion, Request, request_key
from lbt.generation.settings import ModelSettings
from lbt.generation.store import GenerationStore, Origin

log = logging.getLogger(__name__)

_SHOWN_FAILURES = 3
_SHOWN_PROMPT = 1000


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

    Equal requests are generated once. Results are stored as they come, so that an interrupted call loses a
    second's work at most, and calling again continues it. If nothing is missing, no model is loaded.

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
    if prompts:
        log.info("%s: the first prompt is %s", label, _shown(next(iter(prompts.values())).text))
    stored = store.get(prompts)
    missing = _missing(prompts, stored)
    reused = _sample_count(prompts.values()) - _sample_count(missing)
    new = tokens = failed = 0
    if missing:
        recorder = _fill(model, identity, missing, store, stored, label)
        new, tokens, failed = recorder.new, recorder.tokens, len(recorder.failures)
    completions = [
        [stored.get(key, {}).get(index) for index in range(request.samples)]
        for key, request in zip(keys, requests, strict=True)
    ]
    return Samples(completions, new, reused, failed, tokens, time.monotonic() - start)


def _render(
    model: ModelSettings, identity: ModelIdentity, requests: Sequence[Request]
) -> tuple[list[str], dict[str, Prompt]]:
    """The key of every request, and the prompts by key, each with the most samples asked for."""
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


def _missing(prompts: Mapping[str, Prompt], stored: Stored) -> list[Prompt]:
    """What is not stored, ordered by text, so that shared beginnings are neighbours."""
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
) -> Recorder:
    """Generate what is missing into the store and `stored`; what gets no result is asked for again, once."""
    total = _sample_count(missing)
    with open_engine(model, identity) as engine, _progress(total, label) as bar:
        origin = Origin(identity.identity, model.path, engine.name, engine.version, label)
        with Recorder(store, origin, stored) as recorder:
            for _ in range(2):
                for result in engine.generate(missing):
                    recorder.add(result)
                    bar.update()
                missing = _unanswered(missing, stored, recorder)
                if not missing:
                    break
                log.warning("%s: no result for %d of %d samples", label, _sample_count(missing), total)
    if missing:
        raise ModelError(
            f"{label}: the engine {model.engine} gave no result for {_sample_count(missing)} of {total} "
            "samples, also when asked again. The others are stored: run the same command again to continue."
        )
    _report(recorder, total, label)
    return recorder


def _unanswered(prompts: Iterable[Prompt], stored: Stored, recorder: Recorder) -> list[Prompt]:
    """What has neither a completion nor a failure."""
    remaining = []
    for prompt in _missing({prompt.key: prompt for prompt in prompts}, stored):
        samples = tuple(index for index in prompt.samples if (prompt.key, index) not in recorder.failures)
        if samples:
            remaining.append(replace(prompt, samples=samples))
    return remaining


def _report(recorder: Recorder, total: int, label: str) -> None:
    if recorder.failures:
        reasons = sorted(set(recorder.failures.values()))
        hidden = len(reasons) - _SHOWN_FAILURES
        more = f"; and {hidden} other reasons" if hidden > 0 else ""
        shown = "; ".join(reasons[:_SHOWN_FAILURES])
        log.warning("%s: %d of %d samples failed: %s%s", label, len(recorder.failures), total, shown, more)


def _shown(text: str) -> str:
    if len(text) > _SHOWN_PROMPT:
        half = _SHOWN_PROMPT // 2
        text = f"{text[:half]} [...] {text[-half:]}"
    return repr(text)


def _sample_count(prompts: Iterable[Prompt]) -> int:
    return sum(len(prompt.samples) for prompt in prompts)


def _progress(total: int, label: str) -> "tqdm[NoReturn]":
    """A bar with rate and remaining time; where no one watches, a line now and then."""
    interval = 0.1 if sys.stderr.isatty() else 10.0
    return tqdm(total=total, desc=label, unit="sample", dynamic_ncols=True, mininterval=interval)
