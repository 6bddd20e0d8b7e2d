"""The one way to generate text: samples come from the store where it has them, else from an engine."""

import logging
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from itertools import islice
from threading import Event
from types import TracebackType
from typing import NoReturn, Self

from tqdm import tqdm

from lbt.errors import ModelError
from lbt.generation.engines import Engine, Pooled, open_engine
from lbt.generation.feeding import Feed, Miss
from lbt.generation.identity import identify_model
from lbt.generation.recording import Recorder
from lbt.generation.rendering import context_length, open_renderer
from lbt.generation.requests import Completion, Request, request_key
from lbt.generation.settings import ModelSettings
from lbt.generation.store.generations import GenerationStore, Origin

log = logging.getLogger(__name__)

_SHOWN_FAILURES = 3
_SHOWN_PROMPT = 1000
# Keys whose samples are looked up, or read, at a time.
_KEYS_AT_A_TIME = 5000


@dataclass(frozen=True)
class Samples:
    """The answers to a list of requests, and what they cost."""

    completions: Iterable[list[Completion | None]]
    """Aligned with the requests and their samples; None where generation failed. Read from the store while
    they are iterated over, as often as wanted."""
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
    model: ModelSettings,
    requests: Sequence[Request],
    store: GenerationStore,
    label: str,
    stopping: Event | None = None,
) -> Samples:
    """Answer all requests with a `Sampler` of their own."""
    with Sampler(model, store, label, stopping) as sampler:
        return sampler.generate(requests)


class Sampler:
    """Asks one model in one or more calls; a context manager.

    Its engine is opened by the first request that the store cannot answer, and closed at the end of the
    `with` block: if nothing is missing, no model is loaded.

    Args:
        model: The model to ask.
        store: Where completions are looked up and kept.
        label: The stage, for messages, the progress bar and the store.
        stopping: Ends the generation when another thread sets it, as Ctrl-C does in the main one.

    Raises:
        ModelError: There is no such model.
    """

    def __init__(
        self, model: ModelSettings, store: GenerationStore, label: str, stopping: Event | None = None
    ) -> None:
        self._model = model
        self._store = store
        self._label = label
        self._stopping = stopping or Event()
        self._identity = identify_model(model, label)
        self._renderer = open_renderer(model, self._identity)
        self._resources = ExitStack()
        self._engine: Engine | None = None
        self._context: int | None = None
        self._first = True

    def generate(self, requests: Sequence[Request], part: str = "") -> Samples:
        """Answer all requests, from the store where it has the answers.

        Equal requests are generated once. Results are stored as they come, so that an interrupted call loses
        a second's work at most, and calling again continues it. Memory does not grow with the requests but
        for their keys, so they may be a sequence that makes each when it is asked for.

        Args:
            requests: What to ask; sample i of a request does not depend on the others. Neighbours with a
                shared beginning are generated together.
            part: What this call is about, for the progress bar, where one sampler is called several times.

        Raises:
            ModelError: The engine cannot be opened, more than `max_failed_fraction` of what was asked failed,
                or the engine gave fewer results than asked for, twice. What was generated is stored.
        """
        start = time.monotonic()
        keys, misses, reused = self._look_up(requests)
        if requests and self._first:
            first = self._renderer.render(requests[0].messages, requests[0].prefill)
            log.info("%s: the first prompt is %s", self._label, _shown(first))
            self._first = False
        new = tokens = failed = 0
        if misses:
            recorder = self._fill(requests, misses, part)
            new, tokens, failed = recorder.new, recorder.tokens, len(recorder.failed)
        answers = _Answers(self._store, keys, [request.samples for request in requests])
        return Samples(answers, new, reused, failed, tokens, time.monotonic() - start)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._engine = None
        self._resources.close()

    def _look_up(self, requests: Sequence[Request]) -> tuple[list[str], list[Miss], int]:
        """The key of every request, what the store lacks, and the number of samples that it has."""
        keys: list[str] = []
        wanted: dict[str, tuple[int, int]] = {}
        for position, request in enumerate(requests):
            text = self._renderer.render(request.messages, request.prefill)
            key = request_key(self._model, self._identity.identity, text, request.sampling, request.seed)
            keys.append(key)
            if key not in wanted or wanted[key][1] < request.samples:
                wanted[key] = position, request.samples
        asked = [Miss(key, position, tuple(range(samples))) for key, (position, samples) in wanted.items()]
        misses = list(self._not_stored(asked))
        return keys, misses, _sample_count(asked) - _sample_count(misses)

    def _not_stored(self, asked: Iterable[Miss]) -> Iterator[Miss]:
        iterator = iter(asked)
        while some := list(islice(iterator, _KEYS_AT_A_TIME)):
            stored = self._store.indices(miss.key for miss in some)
            for miss in some:
                there = stored.get(miss.key)
                samples = (
                    tuple(index for index in miss.samples if index not in there) if there else miss.samples
                )
                if samples:
                    yield replace(miss, samples=samples)

    def _fill(self, requests: Sequence[Request], misses: list[Miss], part: str) -> Recorder:
        """Generate what is missing into the store; what gets no result is asked for again, once."""
        total = _sample_count(misses)
        with self._store.writing(self._label):
            engine = self._open()
            origin = Origin(
                self._identity.identity, self._model.path, engine.name, engine.version, self._label
            )
            shown = f"{self._label}: {part}" if part else self._label
            with Recorder(self._store, origin) as recorder, _progress(total, shown) as bar:
                for _ in range(2):
                    feed = Feed(requests, misses, self._renderer, self._context)
                    self._record(engine, feed, recorder, total, bar)
                    misses = self._unanswered(misses, recorder)
                    if not misses:
                        break
                    log.warning(
                        "%s: no result for %d of %d samples", self._label, _sample_count(misses), total
                    )
        if misses:
            raise ModelError(
                f"{self._label}: the engine {engine.name} gave no result for {_sample_count(misses)} of "
                f"{total} samples, even when asked again. The others are stored: run the same command again "
                "to continue."
            )
        self._report(recorder, total)
        return recorder

    def _record(
        self, engine: Engine, feed: Feed, recorder: Recorder, total: int, bar: "tqdm[NoReturn]"
    ) -> None:
        """Let the engine answer the feed, within the error budget."""
        allowed = self._model.max_failed_fraction * total
        began = time.monotonic()
        failed = 0
        pool = engine if isinstance(engine, Pooled) else None
        for result in engine.generate(feed):
            if self._stopping.is_set():
                raise KeyboardInterrupt
            recorder.add(result)
            bar.update()
            rate = f"{recorder.tokens / (time.monotonic() - began):.0f} token/s"
            bar.set_postfix_str(f"{rate}, {pool.state}" if pool else rate, refresh=False)
            if result.completion is None:
                failed += 1
                if failed > allowed:
                    self._give_up(recorder, failed, total)
        for key, index in feed.too_long:
            recorder.fail(
                key, index, f"the prompt does not fit the model's context of {self._context} tokens"
            )
            bar.update()

    def _give_up(self, recorder: Recorder, failed: int, total: int) -> NoReturn:
        recorder.commit()
        raise ModelError(
            f"{self._label}: {failed} of {total} samples failed, more than this model's max_failed_fraction "
            f"({self._model.max_failed_fraction:g}) allows; {recorder.new} were generated and are stored. "
            f"The first error: {next(iter(recorder.reasons))}. Remove its cause and run the same command "
            "again: it continues where this one stopped."
        )

    def _open(self) -> Engine:
        if self._engine is None:
            self._engine = self._resources.enter_context(closing(open_engine(self._model, self._identity)))
            self._context = context_length(self._model, self._identity)
        return self._engine

    def _unanswered(self, misses: list[Miss], recorder: Recorder) -> list[Miss]:
        """What has neither a completion nor a failure."""
        recorder.commit()
        remaining = []
        for miss in self._not_stored(misses):
            samples = tuple(index for index in miss.samples if (miss.key, index) not in recorder.failed)
            if samples:
                remaining.append(replace(miss, samples=samples))
        return remaining

    def _report(self, recorder: Recorder, total: int) -> None:
        if not recorder.failed:
            return
        shown = "; ".join(reason for reason, _ in recorder.reasons.most_common(_SHOWN_FAILURES))
        hidden = len(recorder.reasons) - _SHOWN_FAILURES
        more = f"; and {hidden} other reasons" if hidden > 0 else ""
        log.warning(
            "%s: %d of %d samples failed: %s%s", self._label, len(recorder.failed), total, shown, more
        )


class _Answers:
    """The stored samples of requests, read while they are iterated over."""

    def __init__(self, store: GenerationStore, keys: list[str], samples: list[int]) -> None:
        self._store = store
        self._keys = keys
        self._samples = samples

    def __iter__(self) -> Iterator[list[Completion | None]]:
        for start in range(0, len(self._keys), _KEYS_AT_A_TIME):
            keys = self._keys[start : start + _KEYS_AT_A_TIME]
            stored = self._store.get(dict.fromkeys(keys))
            for key, samples in zip(keys, self._samples[start : start + _KEYS_AT_A_TIME], strict=True):
                answers = stored.get(key, {})
                yield [answers.get(index) for index in range(samples)]


def _shown(text: str) -> str:
    if len(text) > _SHOWN_PROMPT:
        half = _SHOWN_PROMPT // 2
        text = f"{text[:half]} [...] {text[-half:]}"
    return repr(text)


def _sample_count(misses: Iterable[Miss]) -> int:
    return sum(len(miss.samples) for miss in misses)


def _progress(total: int, label: str) -> "tqdm[NoReturn]":
    """A bar with rates and remaining time; where no one watches, a line now and then."""
    interval = 0.1 if sys.stderr.isatty() else 10.0
    # Answers come in bursts, at the ends of batches: only the rate since the start foretells the end.
    return tqdm(total=total, desc=label, unit="sample", dynamic_ncols=True, mininterval=interval, smoothing=0)
