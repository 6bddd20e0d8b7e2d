"""A model whose answers are written down, in a file or a function: for tests, examples and benchmarks.

It is asked, stored and graded as any other; nothing is loaded. In a configuration:

    models:
      teacher: {engine: scripted, path: answers.jsonl}

Each line of the file is a JSON object with `answers`, a list of texts of which sample i gets number i (from
the start again after the last; null is a generation that fails), and `contains`, a text in the last message
that they answer. The first line that fits counts; one without `contains` fits everything. A path
`function:package.module:name` is a function instead, for any process that can import it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from lbt.configuration import Settings
from lbt.errors import ModelError
from lbt.generation.engines.engine import Generated, Prompt
from lbt.generation.requests import Completion, FinishReason
from lbt.generation.settings import SCRIPT_PREFIX, ModelSettings

Script = Callable[[Sequence[tuple[str, str]], int], str | Completion | None]
"""Takes the messages (role and content) and the sample's number; gives its text, or None for a failure."""

CHARACTERS_A_TOKEN = 4
_scripts: dict[str, Script] = {}


class ScriptLine(Settings):
    """One line of a file of answers."""

    answers: tuple[str | None, ...] = Field(min_length=1)
    contains: str = ""


def scripted_model(script: Script, name: str = "", **settings: Any) -> ModelSettings:
    """A model that answers with a function, in this process only.

    Args:
        script: The function.
        name: What the model is called; to a store, models of one name are one model.
        settings: Further fields of `ModelSettings`.
    """
    path = f"{SCRIPT_PREFIX}{name or script.__qualname__}"
    _scripts[path] = script
    return ModelSettings(engine="scripted", path=path, **settings)


class ScriptedEngine:
    """Answers from a script.

    Args:
        settings: `path` is a file of answers, or what `scripted_model` gave.
        name: What messages call the model.

    Raises:
        ModelError: The file or function does not exist, or a line of the file is not an answer.
    """

    name = "scripted"
    version = "1"

    def __init__(self, settings: ModelSettings, name: str) -> None:
        if settings.path.startswith(SCRIPT_PREFIX):
            self._script = _scripts.get(settings.path) or _import_script(settings.path, name)
        else:
            self._script = _read_script(settings.path, name)

    def generate(self, prompts: Iterable[Prompt]) -> Iterator[Generated]:
        """Yield the samples in the order of the prompts."""
        for prompt in prompts:
            for index in prompt.samples:
                answer = self._script(prompt.messages, index)
                completion = _completion(answer, prompt) if isinstance(answer, str) else answer
                failure = "" if completion else "the script gives no answer"
                yield Generated(prompt.key, index, completion, failure)

    def close(self) -> None:
        """There is nothing to free."""


def _completion(text: str, prompt: Prompt) -> Completion:
    """The text with tokens counted by its length; ended by stop texts and the token limit as a model's is."""
    for stop in prompt.sampling.stop:
        text = text.partition(stop)[0]
    most = prompt.sampling.max_tokens * CHARACTERS_A_TOKEN
    finish_reason: FinishReason = "stop" if len(text) <= most else "length"
    asked = sum(len(content) for _, content in prompt.messages)
    return Completion(text[:most], finish_reason, _tokens(asked), _tokens(len(text[:most])))


def _tokens(characters: int) -> int:
    return -(-characters // CHARACTERS_A_TOKEN)


def _import_script(path: str, name: str) -> Script:
    module, _, function = path.removeprefix(SCRIPT_PREFIX).partition(":")
    try:
        script: Script = getattr(import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise ModelError(
            f"{name}: {path} is a function that this process does not know ({error}). Make the model with "
            "scripted_model in the process that asks it, write function:package.module:name for one that can "
            "be imported, or name a file of answers as its 'path'."
        ) from error
    return script


def _read_script(path: str, name: str) -> Script:
    lines = []
    for number, line in enumerate(_content(path, name).split(b"\n"), start=1):
        if line.strip():
            try:
                lines.append(ScriptLine.model_validate_json(line))
            except ValidationError as error:
                wrong = "; ".join(
                    f"{one['loc'][0]}: {one['msg']}" if one["loc"] else one["msg"] for one in error.errors()
                )
                raise ModelError(
                    f"{name}: {path}:{number} is not an answer ({wrong}). Write a JSON object with answers, "
                    "a list of texts, and contains, a text in the question that they answer."
                ) from error

    def script(messages: Sequence[tuple[str, str]], sample: int) -> str | None:
        asked = messages[-1][1]
        fitting = next((line for line in lines if line.contains in asked), None)
        return None if fitting is None else fitting.answers[sample % len(fitting.answers)]

    return script


def _content(path: str, name: str) -> bytes:
    try:
        return Path(path).expanduser().read_bytes()
    except OSError as error:
        raise ModelError(
            f"{name}: the file of answers {path} cannot be read ({error.strerror}). Correct its 'path'."
        ) from error
