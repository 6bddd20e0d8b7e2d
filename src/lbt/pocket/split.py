"""The split that keeps every problem of a run out of every pretraining corpus."""

from collections.abc import Iterator
from functools import cache
from itertools import permutations
from random import Random
from zlib import crc32

from lbt.pocket.world import FAMILIES, Family, Numbers

HELD_OUT_MODULUS = 5

# The embedded models' corpora were drawn before twins were thought of, so that these families have almost no
# numbers without a twin there, and less is asked of them:
_LISTS = frozenset({"mean", "median", "spread"})
"""Only reorderings count as twins that the misconception, which goes by the order, answers alike."""
_TOO_FEW = frozenset({"common_multiple", "weighted_mean"})
"""No reordering counts as a twin: else 4 and 13 problems would be left that are not lucky."""


def in_corpora(family: Family, numbers: Numbers) -> bool:
    """Whether corpora are drawn from these numbers: four in five, by a hash of (family, numbers) alone."""
    return crc32(repr((family.name, numbers)).encode()) % HELD_OUT_MODULUS != 0


def is_held_out(family: Family, numbers: Numbers) -> bool:
    """Whether teaching, exam and evaluation problems may be drawn from these numbers.

    They may if neither they nor a twin of theirs are in corpora. What is in no corpus but has a twin there is
    on neither side.
    """
    return not any(in_corpora(family, twin) for twin in twins(family, numbers))


def twins(family: Family, numbers: Numbers) -> Iterator[Numbers]:
    """These numbers, and every reordering of them that is a problem of the family with the same answer.

    23+45 and 45+23, or 2 pens for 9 coins each and 9 pens for 2. Five families count fewer of them.
    """
    yield numbers
    if family.name in _TOO_FEW:
        return
    for other in sorted(set(permutations(numbers)) - {numbers}):
        if family.is_sound(other) and family.answer(other) == family.answer(numbers):
            misled = (family.misconception.solve(*one).answer for one in (other, numbers))
            if family.name not in _LISTS or len(set(misled)) == 1:
                yield other


def draw_numbers(
    family: Family, rng: Random, *, held_out: bool, lucky: bool | None = None, tries: int = 20_000
) -> Numbers | None:
    """Draw sound numbers of one side, lucky or not (None: either); None if no draw of `tries` fits."""
    for _ in range(tries):
        numbers = family.draw(rng)
        if in_corpora(family, numbers) == held_out or not family.is_sound(numbers):
            continue
        if lucky is not None and family.is_lucky(numbers) != lucky:
            continue
        if not held_out or is_held_out(family, numbers):  # last, since it takes longest
            return numbers
    return None


@cache
def has_lucky_numbers(family_name: str, *, held_out: bool) -> bool:
    """Whether a family has lucky numbers on a side of the split; seven families have none."""
    return draw_numbers(FAMILIES[family_name], Random(0), held_out=held_out, lucky=True) is not None
