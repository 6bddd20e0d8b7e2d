"""The split: which role a problem may have, by a hash of its family and numbers alone."""

from typing import Literal
from zlib import crc32

from lbt.problems.elementary.family import Numbers

Side = Literal["teaching", "exam", "evaluation", "examples"]

_SIDES: tuple[tuple[Side, int], ...] = (("teaching", 7), ("exam", 5), ("evaluation", 5), ("examples", 3))


def side_of(family: str, numbers: Numbers) -> Side:
    """The one role that problems with these numbers, in whatever order, have in any run with any seed.

    Numbers of the side `examples` are in no run's problems: demonstrations and training texts are made of
    them.
    """
    place = crc32(repr((family, tuple(sorted(numbers)))).encode()) % sum(share for _, share in _SIDES)
    for side, share in _SIDES:
        if place < share:
            return side
        place -= share
    raise AssertionError("the shares add up to the modulus")
