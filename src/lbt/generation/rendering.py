"""Chat template to text to tokens: the same for every engine, in one place, and without torch."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from lbt.errors import ModelError
from lbt.generation.identity import ModelIdentity
from lbt.generation.settings import ModelSettings, SamplingSettings

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Messages = Iterable[tuple[str, str]]


class Renderer(Protocol):
    """How messages become what a model is sent."""

    def render(self, messages: Messages, prefill: str) -> str:
        """The prompt's text, which the request key hashes."""
        ...

    def tokenize(self, texts: Sequence[str]) -> list[tuple[int, ...]]:
        """The tokens of each text; none where the server tokenises."""
        ...


def open_renderer(model: ModelSettings, identity: ModelIdentity) -> Renderer:
    """The renderer of a model.

    Raises:
        ModelError: The tokenizer's files cannot be read.
    """
    return _Messages() if model.speaks_chat else _Template(load_tokenizer(identity))


class _Template:
    """Applies the model's own chat template here."""

    def __init__(self, tokenizer: "PreTrainedTokenizerBase") -> None:
        self._tokenizer = tokenizer

    def render(self, messages: Messages, prefill: str) -> str:
        return render_prompt(self._tokenizer, messages, prefill)

    def tokenize(self, texts: Sequence[str]) -> list[tuple[int, ...]]:
        # The template has written all special tokens, a BOS too if the model has one: none is added.
        # Nor need it warn of a prompt that is too long: that is a failure, which is counted and told.
        encoded: Any = self._tokenizer(list(texts), add_special_tokens=False, verbose=False)
        return [tuple(tokens) for tokens in encoded["input_ids"]]


class _Messages:
    """Leaves the template to the server, which is sent the messages."""

    def render(self, messages: Messages, prefill: str) -> str:
        return json.dumps([list(messages), prefill], ensure_ascii=False)

    def tokenize(self, texts: Sequence[str]) -> list[tuple[int, ...]]:
        return [()] * len(texts)


def load_tokenizer(identity: ModelIdentity) -> "PreTrainedTokenizerBase":
    """The model's tokenizer.

    Raises:
        ModelError: The tokenizer's files cannot be read, or it is the tokenizer of another model.
    """
    folder = identity.folder
    try:
        tokenizer = _read_tokenizer(folder)
    except Exception as error:  # the tokenizers library raises nothing more particular
        raise ModelError(f"{identity.name}: the tokenizer in {folder} cannot be loaded: {error}") from error
    # Embeddings may have more rows than there are tokens, as many models pad them to a round number.
    rows, tokens = _number_in_config(identity, "vocab_size"), max(tokenizer.get_vocab().values()) + 1
    if rows is not None and tokens > rows:
        raise ModelError(
            f"{identity.name}: the tokenizer in {folder} has {tokens} tokens and the model's config.json "
            f"names {rows} (vocab_size), so it is the tokenizer of another model. Copy tokenizer, "
            "config.json and weights again from one and the same model."
        )
    return tokenizer


def _read_tokenizer(folder: str) -> "PreTrainedTokenizerBase":
    if (Path(folder) / "tokenizer.json").is_file():
        # Not AutoTokenizer, which imports torch: a call whose answers are all stored needs none.
        from transformers import PreTrainedTokenizerFast

        return PreTrainedTokenizerFast.from_pretrained(folder)
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(folder)


def _number_in_config(identity: ModelIdentity, field: str) -> int | None:
    """A size of the model, if its configuration says it."""
    file = Path(identity.folder) / "config.json"
    try:
        config = json.loads(file.read_text(encoding="utf-8"))  # not AutoConfig, which imports torch
    except ValueError as error:
        raise ModelError(
            f"{identity.name}: {file} is not JSON ({error}). Copy it again from the model's origin."
        ) from error
    size = config.get(field, config.get("text_config", {}).get(field))
    return None if size is None else int(size)


def context_length(model: ModelSettings, identity: ModelIdentity | None) -> int | None:
    """The most tokens of prompt and answer together; None where nothing here says it."""
    if model.inner.engine == "vllm" and model.vllm is not None and model.vllm.max_model_len is not None:
        return model.vllm.max_model_len
    if identity is None or not identity.folder:
        return None
    said = _number_in_config(identity, "max_position_embeddings")
    if said is not None:
        return said
    from transformers import AutoConfig  # knows other names of it, but imports torch

    try:
        config = AutoConfig.from_pretrained(identity.folder).get_text_config()
    except ValueError:  # an architecture that transformers does not know, which another engine may
        return None
    length = getattr(config, "max_position_embeddings", None)
    return None if length is None else int(length)


def render_prompt(tokenizer: "PreTrainedTokenizerBase", messages: Messages, prefill: str = "") -> str:
    """The text up to where the model starts to write, which is after the prefill.

    It holds all special tokens, a BOS included if the template writes one: tokenise it with
    `add_special_tokens=False`, or a BOS comes twice.

    Raises:
        ModelError: The template refuses the messages, as some do with a system message.
    """
    from jinja2 import TemplateError

    chat = [{"role": role, "content": content} for role, content in messages]
    try:
        text: Any = tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
    except TemplateError as error:
        roles = ", ".join(message["role"] for message in chat)
        raise ModelError(
            f"The chat template of {tokenizer.name_or_path} refuses messages with the roles {roles}: "
            f"{error}. If it takes no system message, set prompts.instruction_role: user."
        ) from error
    return f"{text}{prefill}"


def check_room(model: ModelSettings, identity: ModelIdentity, sampling: SamplingSettings, name: str) -> None:
    """Raise ModelError if answers as long as `max_tokens` leave a model no room for a prompt.

    Args:
        model: The model.
        identity: The model, as `identify_model` found it.
        sampling: How it is asked.
        name: The parameter that holds `sampling`.
    """
    context = context_length(model, identity)
    if context is not None and sampling.max_tokens >= context:
        raise ModelError(
            f"{name}.max_tokens is {sampling.max_tokens:,}, but {identity.name} ({model.path}) has room for "
            f"{context:,} tokens, prompt and answer together. Set {name}.max_tokens far enough below that "
            "for the longest prompt to fit too."
        )
