"""The split that keeps every function of a run out of every pretraining corpus."""

from random import Random
from zlib import crc32

from lbt.pocket.code.family import Family
from lbt.pocket.worlds import Constants

HELD_OUT_MODULUS = 4
"""Held out is one set of constants in so many."""


def is_held_out(family: Family, constants: Constants) -> bool:
    """Whether problems of a run may have these constants; the others are those that corpora are made of.

    By a hash of family and constants alone. The function's name counts for nothing: under another name it
    would be the same problem. No two sets of constants of a family make the same function.
    """
    return crc32(repr((family.name, constants)).encode()) % HELD_OUT_MODULUS == 0


def draw_constants(family: Family, rng: Random, *, held_out: bool) -> Constants:
    """Draw constants of one side."""
    while True:
        constants = family.draw(rng)
        if is_held_out(family, constants) == held_out:
            return constants
