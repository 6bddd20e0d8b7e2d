"""Attention on a CPU for models whose query heads share keys and values, without a copy for each head.

transformers repeats the keys and values of a group once for every query head at every token, which for
SmolLM2 writes three times its whole cache.
"""

from typing import Any

import torch
from transformers import AttentionInterface, AttentionMaskInterface, PreTrainedModel
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import eager_mask

_NAME = "lbt_grouped"
# Architectures whose attention is nothing but this: no cap on the scores, no sinks, no bias by position.
_PLAIN = ("llama", "mistral", "qwen2", "qwen3", "smollm3")

# Tokens a row up to which the copies cost more than torch's fused attention saves.
_FEW = 4


def use_grouped_attention(model: PreTrainedModel) -> None:
    """Let the model attend this way, if its heads are grouped and its attention is plain."""
    config = model.config
    if config.model_type in _PLAIN and config.num_key_value_heads < config.num_attention_heads:
        AttentionInterface.register(_NAME, _attend)
        AttentionMaskInterface.register(_NAME, eager_mask)
        model.set_attn_implementation(_NAME)


def _attend(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float,
    **kwargs: Any,
) -> tuple[torch.Tensor, None]:
    """What the eager attention of transformers computes, for inference; many tokens are read by torch's own.

    Args:
        module: The attention layer.
        query: Shape (rows, query heads, tokens, width).
        key: Shape (rows, groups, all tokens, width).
        value: As key.
        attention_mask: Added to the scores; shape (rows, 1, tokens, all tokens).
        scaling: Factor of the scores.
        kwargs: What other kinds of attention need.
    """
    rows, heads, length, width = query.shape
    if length > _FEW:
        return sdpa_attention_forward(module, query, key, value, attention_mask, scaling=scaling)
    groups = key.shape[1]
    together = query.reshape(rows, groups, heads // groups * length, width)
    scores = torch.matmul(together, key.transpose(2, 3)).mul_(scaling).view(rows, heads, length, -1)
    if attention_mask is not None:
        scores += attention_mask
    weights = torch.softmax(scores, dim=-1, dtype=torch.float32).to(query.dtype)
    read = torch.matmul(weights.view(*together.shape[:3], -1), value)
    return read.view(rows, heads, length, width).transpose(1, 2).contiguous(), None
