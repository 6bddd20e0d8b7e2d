"""The protocol of everything that can write text."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from lbt.generation.requests import Completion
from lbt.generation.settings import SamplingSettings


@dataclass(frozen=True, slots=True)
class Prompt:
    """A rendered prompt and the samples that are wanted of it."""

    key: str
    """The request key; with a sample's index it determines that sample's random stream (`sample_stream`)."""
    text: str
    """Chat template and prefill applied; for a server that is sent messages, those as JSON."""
    samples: tuple[int, ...]
    """Indices of the wanted samples, ascending."""
    sampling: SamplingSettings
    tokens: tuple[int, ...] = ()
    """The text's tokens, all special ones among them; none for a server that is sent messages."""
    messages: tuple[tuple[str, str], ...] = ()
    """Pairs of role and content, for a server that is sent messages."""
    prefill: str = ""
    """How the answer to the messages begins."""


@dataclass(frozen=True, slots=True)
class Generated:
    """One sample, or the reason why there is none."""

    key: str
    sample_index: int
    completion: Completion | None
    failure: str = ""


class Engine(Protocol):
    """A loaded model, or a connection to one."""

    name: str
    version: str
    """Of the library that computes the text; stored with every generation."""

    def generate(self, prompts: Iterable[Prompt]) -> Iterator[Generated]:
        """Yield the samples of all prompts as they are ready, in any order.

        Prompts may be many: they are taken as the engine gets to them, neighbours with a shared beginning
        together. What cannot be generated is yielded as a failure; an exception means that nothing more will
        come.
        """
        ...

    def close(self) -> None:
        """Free the model and its memory."""
        ...


@runtime_checkable
class Pooled(Protocol):
    """An engine whose workers come and go."""

    @property
    def state(self) -> str:
        """How many there are, for the line of progress."""
        ...
