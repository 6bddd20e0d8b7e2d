"""Promises of the training order."""

import random

from hypothesis import given
from hypothesis import strategies as st

from lbt.training.batches import grouped_order


@given(st.lists(st.integers(1, 500), max_size=200), st.integers(1, 20), st.integers(0, 9), st.integers(0, 9))
def test_every_pair_comes_once_in_an_epoch(
    lengths: list[int], batch_size: int, seed: int, epoch: int
) -> None:
    order = grouped_order(lengths, batch_size, seed, epoch)
    assert sorted(order) == list(range(len(lengths)))
    assert order == grouped_order(lengths, batch_size, seed, epoch)


def test_epochs_and_seeds_have_orders_of_their_own() -> None:
    lengths = list(range(100))
    orders = {tuple(grouped_order(lengths, 16, seed, epoch)) for seed in range(3) for epoch in range(3)}
    assert len(orders) == 9


def test_batches_of_similar_length_need_less_padding() -> None:
    draw = random.Random(0)
    lengths = [min(138, int(draw.lognormvariate(3.8, 0.4))) for _ in range(300)]

    def padded(order: list[int]) -> int:
        batches = [order[start : start + 16] for start in range(0, 300, 16)]
        return sum(len(batch) * max(lengths[index] for index in batch) for batch in batches)

    assert padded(grouped_order(lengths, 16, 0, 0)) < 0.8 * padded(list(range(300)))
