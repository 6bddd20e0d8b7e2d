"""Constants that several families draw."""

from random import Random

from lbt.pocket.worlds import Constants


def two(rng: Random) -> Constants:
    """A small one and one that may be larger."""
    return rng.randint(2, 19), rng.randint(2, 29)


def ordered(rng: Random) -> Constants:
    """Two different ones, the smaller first."""
    low, high = sorted(rng.sample(range(2, 60), 2))
    return low, high
