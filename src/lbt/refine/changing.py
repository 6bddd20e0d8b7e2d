"""How failures change a set without a word written: exemplars that misled are replaced."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from lbt.refine.exemplars import Exemplar, ExemplarSet
from lbt.refine.failures import Failure
from lbt.refine.pool import Pool
from lbt.refine.showing import Problem, nearest_first
from lbt.seeds import random_stream


@dataclass(frozen=True)
class Wish:
    """A set that is to be changed, because of some failures."""

    parent: ExemplarSet
    failures: Sequence[Failure]
    number: int
    """Of the wishes for this parent in this round, from 0."""


@dataclass(frozen=True)
class Changed:
    """New sets, and how many replies of the teacher were asked for again or dropped."""

    sets: list[ExemplarSet]
    asked_again: int = 0
    dropped: int = 0


class Changer(Protocol):
    """What makes new sets of failures."""

    def change(self, wishes: Sequence[Wish], arm: str, round_number: int) -> Changed:
        """At most one new set for each wish."""


class Resampling:
    """Replaces the exemplar that a failed question was shown, or would be shown first, by another.

    Args:
        pool: What the new ones are drawn from.
        problems: All problems by id.
        seed: Of this refinement.
    """

    def __init__(self, pool: Pool, problems: dict[str, Problem], seed: int) -> None:
        self._pool = pool
        self._problems = problems
        self._seed = seed

    def change(self, wishes: Sequence[Wish], arm: str, round_number: int) -> Changed:
        """A wish whose exemplars have no other in the pool gives no set."""
        found = []
        for wish in wishes:
            rng = self._stream(arm, round_number, wish)
            asked = [self._problems[failure["problem_id"]] for failure in wish.failures]
            blamed = {order[0] for order in nearest_first(wish.parent, asked)} if asked else set()
            found += replaced(wish.parent, blamed, self._pool, rng)
        return Changed(found)

    def change_some(self, parent: ExemplarSet, number: int, count: int, round_number: int) -> Changed:
        """As `change`, but the exemplars are random ones: no failure decides."""
        rng = self._stream("random_changes", round_number, Wish(parent, (), number))
        size = len(parent.exemplars)
        blamed = {int(place) for place in rng.permutation(size)[:count]}
        return Changed(replaced(parent, blamed, self._pool, rng))

    def _stream(self, arm: str, round_number: int, wish: Wish) -> np.random.Generator:
        names = ("refine", "change", arm, str(round_number), wish.parent.id, str(wish.number))
        return random_stream(self._seed, *names)


def replaced(
    parent: ExemplarSet, blamed: set[int], pool: Pool, rng: np.random.Generator
) -> list[ExemplarSet]:
    """The set with other exemplars at the blamed positions; nothing if the pool has no other for any."""
    changed: dict[int, Exemplar] = {}
    for place in sorted(blamed):
        now = [changed.get(other, one) for other, one in enumerate(parent.exemplars)]
        if other := pool.another(now[place], now, rng):
            changed[place] = other
    return [parent.with_exemplars(changed)] if changed else []
