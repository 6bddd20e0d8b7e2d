"""The decode loop: a batch of prompts in, the tokens of all their samples out.

`GenerationMixin.generate` does the same with more work: it reads a prompt once per sample,
computes finished rows until the longest is done, and copies the whole cache at every token.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import torch
from transformers import DynamicCache, PreTrainedModel
from transformers.cache_utils import DynamicLayer

from lbt.generation.engines.transformers.token_choice import draw_tokens
from lbt.generation.requests import FinishReason
from lbt.generation.settings import SamplingSettings

_ROOM = 32
_COMPACT_BELOW = 0.75


@dataclass(frozen=True)
class Batch:
    """Prompts that are decoded together, and the samples of each."""

    prompts: Sequence[Sequence[int]]
    """Token ids."""
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
    state = _prefill(model, batch)
    written: list[list[int]] = [[] for _ in batch.limits]
    for step in count():
        chosen = draw_tokens(state.logits, state.uniforms[:, step], batch.sampling)
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
    """The rows that are being written; the first dimension of every tensor is the row's place."""

    rows: list[int]
    """The number of the row at each place, -1 for one that has ended and is computed along."""
    cache: DynamicCache
    logits: torch.Tensor
    mask: torch.Tensor
    positions: torch.Tensor
    uniforms: torch.Tensor


def _prefill(model: PreTrainedModel, batch: Batch) -> _State:
    """Read every prompt once, padded on the left, then repeat what was read for its samples."""
    width = max(len(prompt) for prompt in batch.prompts)
    ids = torch.zeros(len(batch.prompts), width, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for place, prompt in enumerate(batch.prompts):
        ids[place, width - len(prompt) :] = torch.tensor(prompt)
        mask[place, width - len(prompt) :] = 1
    ids, mask = ids.to(model.device), mask.to(model.device)
    positions = (mask.cumsum(-1) - 1).clamp(min=0)
    cache = _new_cache(model)
    logits = _forward(model, ids, mask, positions, cache)
    copies = torch.tensor(batch.copies, device=model.device)
    source = torch.arange(len(batch.prompts), device=model.device).repeat_interleave(copies)
    cache.batch_select_indices(source)
    return _State(
        list(range(len(source))), cache, logits[source], mask[source], positions[source, -1:], batch.uniforms
    )


def _advance(model: PreTrainedModel, state: _State, chosen: torch.Tensor, unfinished: list[bool]) -> None:
    """Compute the logits after the chosen tokens; leave rows that have ended behind once they are many."""
    if sum(unfinished) < _COMPACT_BELOW * len(unfinished):
        kept = torch.tensor(unfinished, device=chosen.device).nonzero().squeeze(1)
        state.cache.batch_select_indices(kept)
        state.rows = [row for row, going in zip(state.rows, unfinished, strict=True) if going]
        state.mask, state.positions = state.mask[kept], state.positions[kept]
        state.uniforms, chosen = state.uniforms[kept], chosen[kept]
    else:
        state.rows = [row if going else -1 for row, going in zip(state.rows, unfinished, strict=True)]
    state.mask = torch.cat([state.mask, state.mask.new_ones(len(chosen), 1)], dim=1)
    state.positions = state.positions + 1
    state.logits = _forward(model, chosen.unsqueeze(1), state.mask, state.positions, state.cache)


def _forward(
    model: PreTrainedModel,
    ids: torch.Tensor,
    mask: torch.Tensor,
    positions: torch.Tensor,
    cache: DynamicCache,
) -> torch.Tensor:
    output: Any = model(
        input_ids=ids,
        attention_mask=mask,
        position_ids=positions,
        past_key_values=cache,
        use_cache=True,
        logits_to_keep=1,
    )
    last: torch.Tensor = output.logits[:, -1]
    return last


def _new_cache(model: PreTrainedModel) -> DynamicCache:
    cache = DynamicCache(config=model.config)
    cache.layers = [_RoomyLayer() if type(layer) is DynamicLayer else layer for layer in cache.layers]
    return cache


class _RoomyLayer(DynamicLayer):
    """A cache layer with room for further tokens, so that most tokens are written in place.

    `DynamicLayer` copies all keys and values at every token.
    """

    filled: int
    key_room: torch.Tensor
    value_room: torch.Tensor
    keys: torch.Tensor
    values: torch.Tensor

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args: Any, **kwargs: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
            self.filled = 0
        end = self.filled + key_states.shape[-2]
        if self.filled == 0 or end > self.key_room.shape[-2]:
            self.key_room = self._enlarged(key_states, end)
            self.value_room = self._enlarged(value_states, end, values=True)
        self.key_room[..., self.filled : end, :] = key_states
        self.value_room[..., self.filled : end, :] = value_states
        self._show(end)
        return self.keys, self.values

    def batch_select_indices(self, indices: torch.Tensor) -> None:
        self.key_room, self.value_room = self.key_room[indices], self.value_room[indices]
        self._show(self.filled)

    def _enlarged(self, states: torch.Tensor, end: int, values: bool = False) -> torch.Tensor:
        room = states.new_empty(*states.shape[:-2], end + _ROOM, states.shape[-1])
        if self.filled:
            room[..., : self.filled, :] = self.values if values else self.keys
        return room

    def _show(self, end: int) -> None:
        self.filled = end
        self.keys, self.values = self.key_room[..., :end, :], self.value_room[..., :end, :]
