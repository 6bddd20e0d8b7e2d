"""A server that speaks the OpenAI API over HTTP on loopback, answers by arithmetic, and can be made to fail.

The text of choice i of a call with seed s depends on the prompt and s + i only, as with vLLM. Which calls
fail, and how, depends on the call and on how often it was made, and so not on the order of arrival.
"""

import hashlib
import json
import random
import socket
import threading
import time
from collections import Counter
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

FAULTS = (
    "429",
    "429 with Retry-After",
    "500",
    "503",
    "hang",
    "drop",
    "too few choices",
    "no choices",
    "no text",
    "empty body",
    "invalid JSON",
    "HTML",
)


@dataclass(frozen=True)
class Asked:
    """A call that arrived."""

    at: float
    """On the monotonic clock."""
    path: str
    body: dict[str, Any]
    authorization: str | None
    fault: str | None

    @property
    def prompt(self) -> str:
        return json.dumps(self.body.get("prompt", self.body.get("messages")))


class FaultyServer:
    """The server; a context manager. What is not given is harmless.

    Args:
        share: Of the calls that fail.
        kinds: How they fail, one of `FAULTS` each.
        seed: Of which calls fail.
        retry_after: Value of the header of a "429 with Retry-After".
        hang_s: How long a hanging call takes.
        delay_s: How long every answer takes.
        dies_after: Calls after which it refuses all connections, for good.
        key: Without this API key the answer is 401.
        fault: A fixed fault of every call, such as "400" or "unknown model".
        finish: Finish reason of every choice; by default "stop", and "length" for some.
        echoes: Whether a chat answer repeats the prefill.
    """

    def __init__(
        self,
        share: float = 0.0,
        kinds: tuple[str, ...] = FAULTS,
        seed: int = 0,
        retry_after: str = "0.05",
        hang_s: float = 0.6,
        delay_s: float = 0.0,
        dies_after: int | None = None,
        key: str | None = None,
        fault: str | None = None,
        finish: str | None = None,
        echoes: bool = False,
    ) -> None:
        self.share, self.kinds, self.seed = share, kinds, seed
        self.retry_after, self.hang_s, self.delay_s = retry_after, hang_s, delay_s
        self.dies_after, self.key, self.fault, self.finish = dies_after, key, fault, finish
        self.echoes = echoes
        self.asked: list[Asked] = []
        self.answered = 0
        self.most_at_once = 0
        self.dead = False
        self._at_once = self._answering = 0
        self._times: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.die()

    def die(self) -> None:
        """Close every connection, half-written answers too, and refuse new ones."""
        self.dead = True
        self._server.shutdown()
        self._server.server_close()
        with self._lock:
            for connection in self._connections:
                _cut(connection)

    def take(self, path: str, body: dict[str, Any], authorization: str | None) -> str | None:
        """Note a call, and say how it is to fail."""
        with self._lock:
            name = json.dumps(body, sort_keys=True)
            self._times[name] += 1
            fault = self.fault or self._drawn(f"{self.seed}/{self._times[name]}/{name}")
            if self.key is not None and authorization != f"Bearer {self.key}":
                fault = "401"
            self.asked.append(Asked(time.monotonic(), path, body, authorization, fault))
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            if self.dies_after is not None and len(self.asked) > self.dies_after:
                if len(self.asked) == self.dies_after + 1:
                    threading.Thread(target=self._die_idle).start()
                return "die"
            self._answering += 1
            return fault

    def done(self, fault: str | None) -> None:
        """Note the end of a call."""
        with self._lock:
            self._at_once -= 1
            self._answering -= fault != "die"

    def _die_idle(self) -> None:
        while self._answering:
            time.sleep(0.001)
        self.die()

    def _drawn(self, name: str) -> str | None:
        source = random.Random(name)
        return source.choice(self.kinds) if source.random() < self.share else None

    def payload(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The right answer."""
        chat = path.endswith("/chat/completions")
        choices, tokens = [], 0
        for index in range(body.get("n", 1)):
            text, finish = self.answer(body, index)
            tokens += 4
            content = {"message": {"role": "assistant", "content": text}} if chat else {"text": text}
            choices.append({"index": index, "finish_reason": finish, **content})
        usage = {"prompt_tokens": 7, "completion_tokens": tokens, "total_tokens": 7 + tokens}
        return {"id": "x", "object": "answer", "model": body["model"], "choices": choices, "usage": usage}

    def answer(self, body: dict[str, Any], index: int) -> tuple[str, str]:
        """Text and finish reason of a choice."""
        prompt = body.get("prompt") or body["messages"]
        prefill = prompt[-1]["content"] if self.echoes and body.get("continue_final_message") else ""
        digest = hashlib.sha256(f"{json.dumps(prompt)}/{body['seed'] + index}".encode()).hexdigest()
        # Some answers are empty, as those of a model that ends its turn at once.
        text = "" if digest[0] == "0" else f" {digest[:12]}"
        return f"{prefill}{text}", self.finish or ("length" if digest[-1] in "012" else "stop")


class _Server(ThreadingHTTPServer):
    owner: FaultyServer
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is what the tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        owner = self.server.owner
        with owner._lock:
            owner._connections.add(self.connection)
        if owner.dead:
            _cut(self.connection)

    def finish(self) -> None:
        super().finish()
        with self.server.owner._lock:
            self.server.owner._connections.discard(self.connection)

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet."""

    def do_POST(self) -> None:
        owner = self.server.owner
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        fault = owner.take(self.path, body, self.headers["Authorization"])
        if not self.path.startswith("/v1/"):
            fault = "unknown route"
        try:
            time.sleep(owner.delay_s)
            if fault == "die":
                return _cut(self.connection)
            self._respond(fault, owner.payload(self.path, body))
        finally:
            owner.done(fault)

    def _respond(self, fault: str | None, payload: dict[str, Any]) -> None:
        owner = self.server.owner
        match fault:
            case None:
                self._send(200, json.dumps(payload))
                with owner._lock:
                    owner.answered += 1
            case "429 with Retry-After":
                self._send(429, _error("slow down"), {"Retry-After": owner.retry_after})
            case "hang":
                time.sleep(owner.hang_s)
                self._send(200, json.dumps(payload))
            case "drop":
                self._start(200, "application/json", 10_000)
                self.wfile.write(json.dumps(payload).encode()[:20])
                _cut(self.connection)
            case "too few choices":
                payload["choices"] = payload["choices"][1:]
                self._send(200, json.dumps(payload))
            case "no choices":
                self._send(200, json.dumps(payload | {"choices": []}))
            case "no text":
                for choice in payload["choices"]:
                    choice.pop("text", None)
                    choice.pop("message", None)
                self._send(200, json.dumps(payload))
            case "empty body":
                self._send(200, "")
            case "invalid JSON":
                self._send(200, json.dumps(payload)[:-9])
            case "unknown route":  # in vLLM's words, as the next
                self._send(404, json.dumps({"detail": "Not Found"}))
            case "unknown model":
                self._send(404, _error("The model `m` does not exist."))
            case "HTML":
                self._send(200, "<!doctype html><title>Bad gateway</title>", {}, "text/html")
            case _:
                echo = self.headers["Authorization"]
                self._send(int(fault), _error(f"no luck with {echo}"))

    def _send(
        self, status: int, text: str, headers: dict[str, str] | None = None, kind: str = "application/json"
    ) -> None:
        data = text.encode()
        self._start(status, kind, len(data), headers)
        self.wfile.write(data)

    def _start(self, status: int, kind: str, length: int, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()


def _error(message: str) -> str:
    return json.dumps({"error": {"message": message, "type": "test", "code": None}})


def _cut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the client was faster
