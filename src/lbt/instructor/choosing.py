"""Training sets of equal size, one an arm."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, TypeVar

from lbt.instructor.settings import Arm, InstructorSettings
from lbt.seeds import random_stream

Item = dict[str, Any]
Of = TypeVar("Of")


def in_turn(items: Sequence[Of], sources: Sequence[Hashable], seed: int, *names: str) -> list[Of]:
    """All items in an order in which each source has had its first before any has its second.

    The sources come in an order drawn by seed, so that a beginning of the list favours none.
    """
    by_source: dict[Hashable, list[Of]] = defaultdict(list)
    for item, source in zip(items, sources, strict=True):
        by_source[source].append(item)
    groups = list(by_source.values())
    order = random_stream(seed, "instructor", "in turn", *names).permutation(len(groups))
    most = max(map(len, groups), default=0)
    return [groups[place][rank] for rank in range(most) for place in order if rank < len(groups[place])]


def parts_of(size: int, arm: Arm, settings: InstructorSettings) -> tuple[int, int]:
    """Of so many items those that are the arm's own, and those that are original data."""
    mixed = 0 if arm == "original" else round(settings.mix * size)
    return size - mixed, mixed


def largest_set(own: int, originals: int, arm: Arm, settings: InstructorSettings) -> int:
    """The most items, up to `items`, for which the arm's own and the original ones suffice."""
    for size in range(settings.items, 0, -1):
        of_arm, mixed = parts_of(size, arm, settings)
        if of_arm <= own and mixed <= originals:
            return size
    return 0


def equal_size(
    usable: Mapping[Arm, int], originals: int, settings: InstructorSettings
) -> tuple[int, dict[Arm, str]]:
    """How many items every arm learns from, and the arms that have too few to be trained, with the reason.

    As many as the arm with the smallest set has, of those that reach `minimum_items`.

    Args:
        usable: Each arm's own items that may be learned.
        originals: Items of original data, which the others are mixed with.
        settings: How many are wanted, and the share of original data.
    """
    sizes = {arm: largest_set(own, originals, arm, settings) for arm, own in usable.items()}
    enough = [size for size in sizes.values() if size >= settings.minimum_items]
    reasons = {
        arm: f"{size} items may be learned, and an arm needs at least {settings.minimum_items} "
        "(instructor.minimum_items)"
        for arm, size in sizes.items()
        if size < settings.minimum_items
    }
    return min(enough, default=0), reasons
