"""A cache of keys and values that is written in place."""

from typing import Any

import torch
from transformers import DynamicCache, PreTrainedModel
from transformers.cache_utils import DynamicLayer

_ROOM = 32


def new_cache(model: PreTrainedModel) -> DynamicCache:
    """An empty cache for the model, with room for further tokens in all layers that keep every token."""
    cache = DynamicCache(config=model.config)
    cache.layers = [_RoomyLayer() if type(layer) is DynamicLayer else layer for layer in cache.layers]
    return cache


def keeps_everything(cache: DynamicCache) -> bool:
    """Whether all layers keep every token, so that what was read can be repeated and read on from."""
    return all(isinstance(layer, _RoomyLayer) for layer in cache.layers)


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
