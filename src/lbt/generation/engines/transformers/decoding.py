"""The decode loop: a batch of prompts in, the tokens of all their samples out.

`GenerationMixin.generate` does the same with more work: it reads every prompt whole and once per sample,
computes finished rows until the longest is done, and copies the whole cache at every token.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

import torch
from transformers import PreTrainedModel

from lbt.generation.engines.transformers.reading import Reading, forward, read
from lbt.generation.engines.transformers.sharing import Tokens
from lbt.generation.engines.transformers.token_choice import draw_tokens
from lbt.generation.requests import FinishReason
from lbt.generation.settings import SamplingSettings

_COMPACT_BELOW = 0.75


@dataclass(frozen=True)
class Batch:
    """Prompts that are decoded together, and the samples of each."""

    prompts: Sequence[Tokens]
    copies: Sequence[int]
    """How many samples each prompt gets; rows are numbered prompt by prompt."""
    limits: Sequence[int]
    """The most tokens of each row."""
    uniforms: torch.Tensor
    """Random numbers in [0, 1), float64, shape (rows, largest limit)."""
    sampling: SamplingSettings


@dataclass(frozen=True)
class Ending:
    """What ends an answer."""

    tokens: frozenset[int]
    """Ends of turn."""
    reached: Callable[[list[int]], bool]
    """Whether an answer with these tokens has just reached a stop text."""


def decode(
    model: PreTrainedModel, batch: Batch, ending: Ending
) -> Iterator[tuple[int, list[int], FinishReason]]:
    """Yield (row, its tokens, why it ended) as rows end; an end of turn is among the tokens."""
    state = _start(model, batch)
    written: list[list[int]] = [[] for _ in batch.limits]
    for step in count():
        chosen = draw_tokens(state.reading.logits, state.uniforms[:, step], batch.sampling)
        unfinished = [False] * len(chosen)
        for place, (row, token) in enumerate(zip(state.rows, chosen.tolist(), strict=True)):
            if row < 0:
                continue
            tokens = written[row]
            tokens.append(token)
            reason = _reason(tokens, batch.limits[row], ending)
            if reason is None:
                unfinished[place] = True
            else:
                yield row, tokens, reason
        if not any(unfinished):
            return
        _advance(model, state, chosen, unfinished)


def _reason(tokens: list[int], limit: int, ending: Ending) -> FinishReason | None:
    if tokens[-1] in ending.tokens or ending.reached(tokens):
        return "stop"
    return "length" if len(tokens) >= limit else None


@dataclass
class _State:
    """The rows that are being written."""

    rows: list[int]
    """The number of the row at each place, -1 for one that has ended and is computed along."""
    reading: Reading
    uniforms: torch.Tensor


def _start(model: PreTrainedModel, batch: Batch) -> _State:
    """Read the prompts, then repeat what was read for their samples."""
    reading = read(model, batch.prompts)
    copies = torch.tensor(batch.copies, device=model.device)
    source = torch.arange(len(batch.prompts), device=model.device).repeat_interleave(copies)
    if len(source) > len(batch.prompts):
        reading.select(source)
    return _State(list(range(len(source))), reading, batch.uniforms)


def _advance(model: PreTrainedModel, state: _State, chosen: torch.Tensor, unfinished: list[bool]) -> None:
    """Compute the logits after the chosen tokens; leave rows that have ended behind once they are many."""
    if sum(unfinished) < _COMPACT_BELOW * len(unfinished):
        kept = torch.tensor(unfinished, device=chosen.device).nonzero().squeeze(1)
        state.reading.select(kept)
        state.rows = [row for row, going in zip(state.rows, unfinished, strict=True) if going]
        state.uniforms, chosen = state.uniforms[kept], chosen[kept]
    else:
        state.rows = [row if going else -1 for row, going in zip(state.rows, unfinished, strict=True)]
    reading = state.reading
    reading.mask = torch.cat([reading.mask, reading.mask.new_ones(len(chosen), 1)], dim=1)
    reading.positions = reading.positions + 1
    forward(model, reading, chosen.unsqueeze(1))
