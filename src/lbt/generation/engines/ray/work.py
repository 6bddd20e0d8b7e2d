"""Which prompts go out next: those of the feed, and those whose actor died."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from math import ceil
from operator import length_hint

from lbt.generation.engines.engine import Prompt

# Prompts that are taken from the feed before they are needed, to see its end coming.
_READ_AHEAD = 1024
# Into how many parts a group is split whose actors die: fewer would take more deaths to find the cause.
_PARTS = 8
_TRIES_TOGETHER = 2


@dataclass(frozen=True)
class Group:
    """Prompts that go to one actor together."""

    prompts: list[Prompt]
    deaths: int = 0
    """Actors that have died of it, as far as anyone knows."""


class Work:
    """Hands out prompts in groups of neighbours, smaller ones at the end so that all actors end together.

    A group whose actor died goes to an actor that has nothing else. Where it brings that down too, it is
    split and its parts go on their own ways, until a prompt that does it again and again is alone, and fails.

    Args:
        prompts: Taken when they are needed, and `_READ_AHEAD` before.
        size: Of a group.
        tries: Actors that a prompt may bring down.
    """

    def __init__(self, prompts: Iterable[Prompt], size: int, tries: int) -> None:
        self._source = iter(prompts)
        # Of a feed, no less than there are: prompts that are too long are left out on the way.
        hint = length_hint(prompts, -1)
        self._expected = hint if hint >= 0 else None
        self._size = size
        self._tries = tries
        self._read: deque[Prompt] = deque()
        self._again: deque[Group] = deque()
        self._suspects: deque[Group] = deque()
        self._at_end = False

    def rest(self) -> int | None:
        """Prompts that are left to hand out, or may be; None where nobody knows yet."""
        self._read_ahead()
        here = len(self._read) + sum(len(group.prompts) for group in self._again)
        if self._at_end:
            return here
        return here + max(0, self._expected) if self._expected is not None else None

    def take(self, most: int, alone: bool) -> Group | None:
        """The next group, or None where there is none for this actor.

        Args:
            most: Prompts of a new group; one whose actor died is not made smaller.
            alone: Whether the actor holds nothing else.
        """
        if alone and self._suspects:
            return self._suspects.popleft()
        if self._again:
            return self._again.popleft()
        self._read_ahead()
        count = min(self._size, most, len(self._read))
        return Group([self._read.popleft() for _ in range(count)]) if count else None

    def lost(self, group: Group) -> None:
        """Take back what an actor had not answered when its machine went, which says nothing about it."""
        if group.prompts:
            (self._suspects if group.deaths else self._again).append(group)

    def died(self, group: Group) -> Iterator[Prompt]:
        """Take back what an actor had not answered when it died, and yield the prompts that are given up."""
        deaths = group.deaths + 1
        if not group.prompts:
            return
        if len(group.prompts) == 1 and deaths >= self._tries:
            yield group.prompts[0]
        elif deaths < _TRIES_TOGETHER or len(group.prompts) == 1:
            self._suspects.append(Group(group.prompts, deaths))
        else:
            size = ceil(len(group.prompts) / _PARTS)
            for start in range(0, len(group.prompts), size):
                self._suspects.append(Group(group.prompts[start : start + size], deaths))

    def __bool__(self) -> bool:
        self._read_ahead()
        return bool(self._read or self._again or self._suspects)

    def _read_ahead(self) -> None:
        if not self._at_end and len(self._read) < max(_READ_AHEAD // 2, self._size):
            missing = max(_READ_AHEAD, self._size) - len(self._read)
            some = list(islice(self._source, missing))
            self._at_end = len(some) < missing
            self._read += some
            if self._expected is not None:
                self._expected -= len(some)
