"""The order in which pairs or items are trained on."""

from __future__ import annotations

import random
from collections.abc import Sequence

_BATCHES_SORTED_TOGETHER = 4
"""Enough that little is padded, few enough that batches stay mixed."""


def grouped_order(lengths: Sequence[int], batch_size: int, seed: int, epoch: int) -> list[int]:
    """A random order of the pairs of one epoch in which the pairs of a batch have similar lengths.

    Depends on nothing but its arguments, so that a resumed epoch continues with the pairs it has
    not seen.

    Args:
        lengths: Tokens of each pair's longer sequence.
        batch_size: Pairs in one optimizer step.
        seed: The run's seed.
        epoch: Number of the epoch, from 0.

    Returns:
        Every index of `lengths` once; only the last batch may be short.
    """
    draw = random.Random(f"{seed}/{epoch}")
    order = list(range(len(lengths)))
    draw.shuffle(order)
    window = batch_size * _BATCHES_SORTED_TOGETHER
    whole: list[list[int]] = []
    short: list[list[int]] = []
    for start in range(0, len(order), window):
        alike = sorted(order[start : start + window], key=lambda index: lengths[index])
        for first in range(0, len(alike), batch_size):
            batch = alike[first : first + batch_size]
            (whole if len(batch) == batch_size else short).append(batch)
    draw.shuffle(whole)
    return [index for batch in whole + short for index in batch]
