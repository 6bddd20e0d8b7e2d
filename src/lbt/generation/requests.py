"""What is asked for, what comes back, and the key under which it is stored."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lbt.generation.settings import ModelSettings, SamplingSettings, key_values

FinishReason = Literal["stop", "length"]


@dataclass(frozen=True)
class Request:
    """`samples` answers to one chat.

    Sample i of a request is the same whatever else is asked for with it, and whatever `samples` is.
    """

    messages: tuple[tuple[str, str], ...]
    """Pairs of role and content."""
    samples: int
    sampling: SamplingSettings
    seed: int
    prefill: str = ""
    """How the answer begins; it stands in the prompt and not in the completion's text."""

    def __post_init__(self) -> None:
        if self.samples < 1:
            raise ValueError(f"A request needs at least one sample, not {self.samples}.")


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model wrote after the prompt, without the end of its turn and without a stop text."""

    text: str
    finish_reason: FinishReason
    """"stop" at the end of the turn or a stop text, "length" at the token limit."""
    prompt_tokens: int
    tokens: int
    """Generated tokens, with the end of the turn."""


def request_key(
    model: ModelSettings, identity: str, prompt: str, sampling: SamplingSettings, seed: int
) -> str:
    """The sha256 of everything that changes the text, as 64 hex digits.

    Args:
        model: Its fields of role VALUE enter the key; on Ray, those of the engine in its actors.
        identity: The content of the model (`identify_model`).
        prompt: The rendered prompt, prefill included.
        sampling: Its fields of role VALUE enter the key.
        seed: The request's seed; left out of a greedy request, which has nothing random.
    """
    material = [
        identity,
        key_values(model.inner),
        prompt,
        key_values(sampling),
        None if sampling.greedy else seed,
    ]
    return hashlib.sha256(json.dumps(material, sort_keys=True).encode()).hexdigest()


def sample_seed(key: str, sample_index: int) -> int:
    """The seed of one sample for engines that take a seed: consecutive indices have consecutive seeds.

    vLLM gives choice i of a call with seed s the seed s + i, so that one call can ask a run of indices.
    """
    return (int(key[:8], 16) & 0x3FFFFFFF) + sample_index


def runs_of(indices: Sequence[int]) -> Iterator[tuple[int, int]]:
    """(first index, length) of every run of consecutive indices in an ascending sequence."""
    start = 0
    for place in range(1, len(indices) + 1):
        if place == len(indices) or indices[place] != indices[place - 1] + 1:
            yield indices[start], place - start
            start = place


def sample_stream(key: str, sample_index: int) -> np.random.Generator:
    """The random numbers of one sample: the same in every batch, order and number of samples."""
    digest = hashlib.sha256(f"{key}/{sample_index}".encode()).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest[:16], "big")))
