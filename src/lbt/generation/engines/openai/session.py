"""Calls to several endpoints at once, on an event loop in a thread of its own."""

import asyncio
import logging
import random
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from queue import SimpleQueue

import httpx
import openai

from lbt.generation.engines.engine import Generated
from lbt.generation.engines.openai.calls import BadAnswer, Call, read_answer, remaining_calls, request_of
from lbt.generation.engines.openai.faults import Fault, fault_of, shown
from lbt.generation.settings import ServerSettings

log = logging.getLogger(__name__)

_BACKOFF_S = 0.5
_LONGEST_BACKOFF_S = 30.0
# With no answer from any endpoint for so long, and a call that has used up its tries, no more calls are made.
_PATIENCE_S = 60.0
_CONNECT_S = 10.0
# Calls that an endpoint takes at a time: neighbours share the beginning of their prompts, and so its cache.
_RUN = 8
# vLLM's server drops idle connections after 5 s, and a call may be on its way just then.
_KEEPALIVE_S = 2.0
_JOIN_S = 2.0


class Denied(Exception):
    """The server refuses every call: wrong key, model or address."""

    def __init__(self, endpoint: str, reason: str) -> None:
        super().__init__(f"{endpoint}: {reason}")
        self.endpoint = endpoint
        self.reason = reason


@dataclass
class _Endpoint:
    url: str
    client: openai.AsyncOpenAI
    share: deque[Call] = field(default_factory=deque)
    """Calls that it has taken and not begun."""
    paused_until: float = 0.0
    """On the loop's clock."""
    refusals: int = 0
    """How often it was paused since the last connection, at least 1 if there is none now."""


class Session:
    """One stream of calls: its thread, event loop and connections live from here to `close`.

    Each endpoint has `concurrency` workers, and all take from one queue: a slow endpoint takes fewer. A call
    that failed is held back for a time that doubles, with full jitter, and as long as Retry-After says; then
    any endpoint may answer it. An endpoint without connection is left alone while another has one.

    Args:
        settings: The endpoints, and how they are asked.
        model: The model's name at the server.
        key: The API key; empty for none.
    """

    def __init__(self, settings: ServerSettings, model: str, key: str) -> None:
        self._settings = settings
        self._model = model
        self._key = key
        self._endpoints = [_Endpoint(url, _client(url, key, settings)) for url in settings.endpoints]
        self._waiting: deque[Call] = deque()
        self._returned: deque[Call] = deque()
        self._available = asyncio.Semaphore(0)
        self._failing_since: float | None = None
        self._given_up = False
        self._results: SimpleQueue[tuple[Sequence[Generated], int] | Exception | None] = SimpleQueue()
        self._loop = asyncio.new_event_loop()
        self._task = self._loop.create_task(self._serve())
        self._thread = threading.Thread(target=self._run, name="openai", daemon=True)
        self._thread.start()

    def answers(self, calls: Iterator[Call]) -> Iterator[Generated]:
        """Yield the results of all calls as they come.

        The calls are taken in the caller's thread, twice as many as can be in flight at a time.

        Raises:
            Denied: A server refuses every call.
        """
        room = 2 * self._settings.concurrency * len(self._endpoints)
        outstanding = 0
        while True:
            new = list(islice(calls, max(0, room - outstanding)))
            if new:
                with suppress(RuntimeError):  # closed: what is left of the results ends with None
                    self._loop.call_soon_threadsafe(self._enqueue, self._waiting, new)
                outstanding += len(new)
            if not outstanding:
                return
            answer = self._results.get()
            if answer is None:
                return
            if isinstance(answer, Exception):
                raise answer
            results, change = answer
            outstanding += change
            yield from results

    def close(self) -> None:
        """Cancel what is in flight and end the thread."""
        with suppress(RuntimeError):  # the loop is closed already
            self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(_JOIN_S)

    def _run(self) -> None:
        try:
            try:
                self._loop.run_until_complete(self._task)
            finally:
                # Not in the task: `close` may cancel that just when all of its workers have ended.
                self._loop.run_until_complete(self._disconnect())
        except asyncio.CancelledError:
            pass
        except Exception as error:
            self._results.put(error)
        finally:
            self._results.put(None)
            self._loop.close()

    async def _serve(self) -> None:
        async with asyncio.TaskGroup() as workers:
            for endpoint in self._endpoints:
                for _ in range(self._settings.concurrency):
                    workers.create_task(self._work(endpoint))

    async def _disconnect(self) -> None:
        for endpoint in self._endpoints:
            await endpoint.client.close()

    async def _work(self, endpoint: _Endpoint) -> None:
        try:
            while True:
                while (pause := endpoint.paused_until - self._loop.time()) > 0:
                    await asyncio.sleep(pause + random.uniform(0, _BACKOFF_S))
                call = await self._take(endpoint)
                if self._hopeless():
                    self._fail(call, f"not asked: there was no answer for {_PATIENCE_S:g} s")
                elif endpoint.paused_until > self._loop.time():
                    self._enqueue(self._returned, [call])
                else:
                    await self._answer(endpoint, call)
        except Exception as error:
            self._results.put(error)

    async def _take(self, endpoint: _Endpoint) -> Call:
        """The next call for an endpoint: a returned one, of its share, or of another's at the end."""
        await self._available.acquire()
        if self._returned:
            return self._returned.popleft()
        if not endpoint.share:
            endpoint.share.extend(self._waiting.popleft() for _ in range(min(_RUN, len(self._waiting))))
        fullest = max(self._endpoints, key=lambda other: len(other.share))
        return (endpoint.share or fullest.share).popleft()

    def _enqueue(self, queue: deque[Call], calls: Sequence[Call]) -> None:
        queue.extend(calls)
        for _ in calls:
            self._available.release()

    async def _answer(self, endpoint: _Endpoint, call: Call) -> None:
        """Make a call once, and see to what becomes of it."""
        fault = await self._ask(endpoint, call)
        if fault is None:
            return
        reason = shown(fault.reason, self._key)
        if fault.denied:
            raise Denied(endpoint.url, reason)
        if not fault.again:
            self._failing_since, self._given_up = None, False
            self._fail(call, f"{endpoint.url}: {reason}")
            return
        self._failing_since = self._failing_since or self._loop.time()
        call.failures += 1
        paused = fault.unreachable and self._pause(endpoint, reason)
        if call.failures >= self._settings.attempts:
            self._given_up = True
            self._fail(call, f"{endpoint.url}: {reason} (tried {call.failures} times)")
            return
        if not paused:
            await asyncio.sleep((fault.wait_s or 0) + random.uniform(0, _backoff_s(call.failures)))
        self._enqueue(self._returned, [call])

    async def _ask(self, endpoint: _Endpoint, call: Call) -> Fault | None:
        """Send a call; None if it brought results, which are passed on."""
        path, body = request_of(call, self._model, self._settings.api)
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                # Not the library's methods for these paths, which take HTML or half a choice for an answer.
                response = await endpoint.client.post(path, cast_to=httpx.Response, body=body)
            results = read_answer(response.text, call, self._settings.api)
        except (openai.OpenAIError, BadAnswer, TimeoutError) as error:
            return fault_of(error, self._settings.timeout_s)
        self._failing_since, self._given_up, endpoint.refusals = None, False, 0
        rest = remaining_calls(call, results)
        self._results.put((results, len(rest) - 1))
        self._enqueue(self._returned, rest)
        return None

    def _pause(self, endpoint: _Endpoint, reason: str) -> bool:
        """Leave an endpoint alone, ever longer, if another has a connection and can take its calls."""
        if not endpoint.refusals:
            log.warning("%s: %s; it will be tried again from time to time", endpoint.url, reason)
        if all(other.refusals for other in self._endpoints if other is not endpoint):
            endpoint.refusals = max(1, endpoint.refusals)
            return False
        now = self._loop.time()
        if endpoint.paused_until <= now:  # once for all calls that were in flight
            endpoint.paused_until = now + _backoff_s(endpoint.refusals)
            endpoint.refusals += 1
            self._returned.extend(endpoint.share)
            endpoint.share.clear()
        return True

    def _fail(self, call: Call, reason: str) -> None:
        self._results.put(([Generated(call.prompt.key, index, None, reason) for index in call.indices], -1))

    def _hopeless(self) -> bool:
        since = self._failing_since
        return self._given_up and since is not None and self._loop.time() - since > _PATIENCE_S


def _backoff_s(failures: int) -> float:
    return min(_LONGEST_BACKOFF_S, _BACKOFF_S * 2.0 ** min(failures, 30))


def _client(url: str, key: str, settings: ServerSettings) -> openai.AsyncOpenAI:
    timeout = httpx.Timeout(None, connect=min(_CONNECT_S, settings.timeout_s / 2))
    limits = httpx.Limits(max_keepalive_connections=settings.concurrency, keepalive_expiry=_KEEPALIVE_S)
    return openai.AsyncOpenAI(
        # The library refuses to have no key, and a server that asks for none reads none.
        api_key=key or "none",
        base_url=url,
        timeout=timeout,
        max_retries=0,
        http_client=openai.DefaultAsyncHttpxClient(timeout=timeout, limits=limits),
    )
