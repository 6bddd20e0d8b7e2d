"""The engine for any OpenAI-compatible server: vLLM, SGLang, a hosted API."""

import logging
import os
from collections.abc import Iterable, Iterator

import httpx
import openai

from lbt.errors import ModelError
from lbt.generation.engines.engine import Generated, Prompt
from lbt.generation.engines.openai.calls import calls_of
from lbt.generation.engines.openai.session import Denied, Session
from lbt.generation.identity import ModelIdentity
from lbt.generation.settings import ModelSettings


class OpenAIEngine:
    """A model behind one or more endpoints; a call that fails is tried again (see `openai_faults`).

    Sample i of a prompt is asked with `sample_seed`; whether equal seeds give equal texts is up to the
    server. A call that is out of tries, or that the server finds bad, fails; so does, without being asked,
    what follows when there was no answer to anything for a minute.

    Args:
        settings: The model and its `server`.
        identity: The model, as `identify_model` found it.

    Raises:
        ModelError: The API key cannot be sent in a header, or an endpoint is not a URL.
    """

    name = "openai"
    version = openai.__version__

    def __init__(self, settings: ModelSettings, identity: ModelIdentity) -> None:
        assert settings.server is not None, "the settings of engine openai demand it"
        self._server = settings.server
        self._model = settings.server.model or settings.path
        self._name = identity.name
        self._key = _read_key(settings.server.key_variable, identity.name)
        _check_urls(settings.server.endpoints, identity.name)
        self._session: Session | None = None
        _quieten()

    def generate(self, prompts: Iterable[Prompt]) -> Iterator[Generated]:
        """Yield the samples of all prompts as they come.

        Raises:
            ModelError: A server refuses the key, or does not know the model or the address.
        """
        session = self._session = Session(self._server, self._model, self._key)
        try:
            yield from session.answers(calls_of(prompts, self._server.samples_per_request))
        except Denied as denied:
            raise self._denial(denied) from None
        finally:
            session.close()

    def close(self) -> None:
        """Cancel what is in flight and close all connections."""
        if self._session is not None:
            self._session.close()

    def _denial(self, denied: Denied) -> ModelError:
        variable = self._server.key_variable
        state = "holds a key" if self._key else "is not set"
        if not denied.reason.startswith(("HTTP 404", "HTTP 405")):
            advice = f"Put a valid key into the environment variable {variable}, which {state}."
        elif "model" in denied.reason.lower():
            advice = f"Set server.model to a name that the server knows; {denied.endpoint}/models lists them."
        else:
            base = denied.endpoint.rstrip("/")
            advice = "The server does not know this address. Correct server.endpoints" + (
                "." if base.endswith("/v1") else f": with most servers it ends in /v1, here {base}/v1."
            )
        return ModelError(
            f"{self._name}: {denied.endpoint} does not answer for the model {self._model!r} "
            f"({denied.reason}). {advice}"
        )


def _read_key(variable: str, name: str) -> str:
    key = os.environ.get(variable, "").strip()
    if key and not (key.isascii() and key.isprintable() and " " not in key):
        raise ModelError(
            f"{name}: the environment variable {variable} does not hold an API key: it contains spaces, "
            "line breaks or characters beyond ASCII. Set it to the key alone."
        )
    return key


def _check_urls(endpoints: Iterable[str], name: str) -> None:
    for endpoint in endpoints:
        try:
            httpx.URL(endpoint)
        except httpx.InvalidURL as error:
            raise ModelError(f"{name}: {endpoint} in server.endpoints is not a URL: {error}.") from error


def _quieten() -> None:
    """Keep the libraries from a line for every call, unless someone has set their level."""
    for library in ("openai", "httpx", "httpcore"):
        if logging.getLogger(library).level == logging.NOTSET:
            logging.getLogger(library).setLevel(logging.WARNING)
