"""Reading a batch's prompts: what they share once, then what follows it, padded on the left."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import DynamicCache, PreTrainedModel

from lbt.generation.engines.transformers.cache import keeps_everything, new_cache
from lbt.generation.engines.transformers.sharing import Level, Tokens, plan_levels

# What one more forward pass costs by itself, in tokens x parameters: calling many small operations, and on a
# CPU reading the weights once more. Measured on models of 2 and of 135 million parameters.
PASS = {"cpu": 1.5e9, "cuda": 5e12}


@dataclass
class Reading:
    """What was read; the first dimension of every tensor is the row's place."""

    cache: DynamicCache
    mask: torch.Tensor
    """1 for tokens, 0 for padding; shape (rows, width)."""
    positions: torch.Tensor
    """Of the last token; shape (rows, 1)."""
    logits: torch.Tensor
    """After the last token; shape (rows, vocabulary)."""

    def select(self, places: torch.Tensor) -> None:
        """Keep the rows at these places, in this order, as often as they are named."""
        self.cache.batch_select_indices(places)
        self.mask, self.positions = self.mask[places], self.positions[places]
        self.logits = self.logits[places]


def read(model: PreTrainedModel, prompts: Sequence[Tokens]) -> Reading:
    """Read every prompt, in as few tokens as pays; the rows are the prompts in their order."""
    cache = new_cache(model)
    reading = _nothing(model, cache)
    for level in _plan(model, cache, prompts):
        _read_on(model, reading, level)
    return reading


def forward(model: PreTrainedModel, reading: Reading, ids: torch.Tensor) -> None:
    """Compute the logits after further tokens of every row, which mask and positions hold already."""
    positions = reading.positions
    output: Any = model(
        input_ids=ids,
        attention_mask=reading.mask,
        position_ids=positions,
        past_key_values=reading.cache,
        use_cache=True,
        logits_to_keep=1,
    )
    reading.positions = positions[:, -1:]
    reading.logits = output.logits[:, -1]


def _plan(model: PreTrainedModel, cache: DynamicCache, prompts: Sequence[Tokens]) -> list[Level]:
    if not keeps_everything(cache):
        return [Level(prompts, [0] * len(prompts))]
    return plan_levels(prompts, PASS[model.device.type] / model.num_parameters())


def _nothing(model: PreTrainedModel, cache: DynamicCache) -> Reading:
    """One row without a token, after which the first level is read."""
    empty = torch.zeros(1, 0, dtype=torch.long, device=model.device)
    return Reading(cache, empty, empty.new_full((1, 1), -1), torch.empty(1, 0, device=model.device))


def _read_on(model: PreTrainedModel, reading: Reading, level: Level) -> None:
    width = level.width
    ids = torch.zeros(len(level.pieces), width, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for place, piece in enumerate(level.pieces):
        if piece:
            ids[place, -len(piece) :] = torch.tensor(piece)
            mask[place, -len(piece) :] = 1
    ids, mask = ids.to(model.device), mask.to(model.device)
    parents = torch.tensor(level.parents, device=model.device)
    if reading.mask.shape[1]:
        reading.cache.batch_select_indices(parents)
    read_before = reading.mask[parents]
    reading.mask = torch.cat([read_before, mask], dim=1)
    reading.positions = (read_before.sum(-1, keepdim=True) + mask.cumsum(-1) - 1).clamp(min=0)
    forward(model, reading, ids)
