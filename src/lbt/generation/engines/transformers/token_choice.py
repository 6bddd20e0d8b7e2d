"""Choosing the next token of every row from its logits and its own random number."""

import torch

from lbt.generation.settings import SamplingSettings


def draw_tokens(logits: torch.Tensor, uniforms: torch.Tensor, sampling: SamplingSettings) -> torch.Tensor:
    """One token per row, by inverting the cumulative distribution at the row's random number.

    A row's token depends on that row alone, so that it is the same in every batch.

    Args:
        logits: Shape (rows, vocabulary).
        uniforms: Shape (rows,), float64 in [0, 1); not read for greedy sampling.
        sampling: Temperature, then top-k, then top-p, as in transformers and vLLM.

    Returns:
        Token ids, shape (rows,).
    """
    if sampling.greedy:
        return logits.argmax(dim=-1)
    probabilities = torch.softmax(logits.float() / sampling.temperature, dim=-1)
    if sampling.top_k == 0 and sampling.top_p == 1:
        return _invert(probabilities, uniforms)
    kept, tokens = _truncate(probabilities, sampling)
    return tokens.gather(-1, _invert(kept, uniforms).unsqueeze(-1)).squeeze(-1)


def _truncate(probabilities: torch.Tensor, sampling: SamplingSettings) -> tuple[torch.Tensor, torch.Tensor]:
    """The likeliest tokens' weights and their ids, likeliest first; both of shape (rows, kept)."""
    size = probabilities.shape[-1]
    ordered, tokens = probabilities.topk(min(sampling.top_k or size, size), dim=-1)
    if sampling.top_p < 1:
        ordered = ordered / ordered.sum(-1, keepdim=True)
        # The token that reaches top_p is kept: what counts is the probability before it.
        before = ordered.cumsum(-1) - ordered
        ordered = ordered.masked_fill(before >= sampling.top_p, 0)
    return ordered, tokens


def _invert(weights: torch.Tensor, uniforms: torch.Tensor) -> torch.Tensor:
    cumulated = weights.cumsum(-1, dtype=torch.float64)
    targets = uniforms.unsqueeze(-1) * cumulated[:, -1:]
    # right=True: a token of probability zero is never chosen, not even by the number zero
    found = torch.searchsorted(cumulated, targets, right=True).squeeze(-1)
    return found.clamp(max=weights.shape[-1] - 1)
