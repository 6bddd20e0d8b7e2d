"""The split that keeps every problem of a run out of every pretraining corpus."""

from functools import cache
from random import Random
from zlib import crc32

from lbt.pocket.world import FAMILIES, Family, Numbers

HELD_OUT_MODULUS = 5


def is_held_out(family: Family, numbers: Numbers) -> bool:
    """Whether a problem belongs to the side that teaching, exam and evaluation problems are drawn from.

    The side is a hash of (family, numbers) alone, decided before any corpus is made; one in five is held out.
    """
    return crc32(repr((family.name, numbers)).encode()) % HELD_OUT_MODULUS == 0


def draw_numbers(
    family: Family, rng: Random, *, held_out: bool, lucky: bool | None = None, tries: int = 20_000
) -> Numbers | None:
    """Draw sound numbers of one side, lucky or not (None: either); None if no draw of `tries` fits."""
    for _ in range(tries):
        numbers = family.draw(rng)
        if is_held_out(family, numbers) != held_out or not family.is_sound(numbers):
            continue
        if lucky is None or family.is_lucky(numbers) == lucky:
            return numbers
    return None


@cache
def has_lucky_numbers(family_name: str, *, held_out: bool) -> bool:
    """Whether a family has lucky numbers on a side of the split; seven families have none."""
    return draw_numbers(FAMILIES[family_name], Random(0), held_out=held_out, lucky=True) is not None
