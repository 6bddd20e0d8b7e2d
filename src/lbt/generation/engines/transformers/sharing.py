"""Beginnings that prompts share, so that each is read once and not once a prompt.

The exams of a run begin with the same instruction and worked examples, those of a teaching problem go on with
the same question, and those of a rationale with the same demo.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

Tokens = tuple[int, ...]

SHORTEST = 16
"""Fewer tokens are not worth a piece of their own: the first words of questions agree by chance."""
_MOST_SHARED_LEVELS = 3


@dataclass(frozen=True)
class Level:
    """Pieces of prompts that are read side by side, each after a piece of the level before."""

    pieces: Sequence[Tokens]
    parents: Sequence[int]
    """The place in the level before of what stands before each piece."""

    @property
    def width(self) -> int:
        """Tokens of the longest piece, to which the others are padded."""
        return max(map(len, self.pieces))


def plan_levels(prompts: Sequence[Tokens], pass_tokens: float) -> list[Level]:
    """The cheapest way to read the prompts; the last level holds their ends, in their order, none empty.

    Args:
        prompts: Of one batch.
        pass_tokens: Tokens that could be read in the time that one more forward pass costs by itself.
    """
    cuts = shared_beginnings(prompts)
    most = min(max(map(len, cuts)), _MOST_SHARED_LEVELS)
    plans = [_levels(prompts, cuts, shared) for shared in range(most + 1)]
    return min(plans, key=lambda plan: _tokens(plan) + pass_tokens * len(plan))


def shared_beginnings(prompts: Sequence[Tokens]) -> list[tuple[int, ...]]:
    """For each prompt the lengths of the beginnings that it shares with others, ascending.

    Each is at least `SHORTEST` tokens longer than the one before, and shorter than the prompt. Prompts with
    the same beginning name it alike.
    """
    order = sorted(range(len(prompts)), key=prompts.__getitem__)
    common = [_common(prompts[one], prompts[next_one]) for one, next_one in pairwise(order)]
    found: list[tuple[int, ...]] = [()] * len(prompts)
    groups: list[tuple[int, int, tuple[int, ...]]] = [(0, len(order), ())]
    while groups:
        start, end, cuts = groups.pop()
        if end - start == 1:
            found[order[start]] = cuts
            continue
        shared = min(common[start : end - 1])
        if shared - (cuts[-1] if cuts else 0) >= SHORTEST:
            cuts = (*cuts, shared)
        groups += [(first, last, cuts) for first, last in _split(common, start, end, shared)]
    return found


def by_neighbourhood(prompts: Sequence[Tokens]) -> list[int]:
    """The places of the prompts in an order in which those that share most are neighbours.

    Otherwise the longest stand first, so that neighbours are of like length.
    """
    groups: dict[Tokens, list[int]] = {}
    for place, cuts in enumerate(shared_beginnings(prompts)):
        groups.setdefault(prompts[place][: cuts[-1] if cuts else None], []).append(place)
    ordered = [sorted(group, key=lambda place: -len(prompts[place])) for group in groups.values()]
    ordered.sort(key=lambda group: -len(prompts[group[0]]))
    return [place for group in ordered for place in group]


def _split(common: Sequence[int], start: int, end: int, shared: int) -> Iterator[tuple[int, int]]:
    """The parts of a group between which no more than `shared` tokens are common."""
    for place in range(start, end):
        if place == end - 1 or common[place] == shared:
            yield start, place + 1
            start = place + 1


def _levels(prompts: Sequence[Tokens], cuts: Sequence[tuple[int, ...]], shared: int) -> list[Level]:
    levels = []
    before, parents = [0] * len(prompts), [0] * len(prompts)
    for level in range(shared):
        ends = [some[min(level, len(some) - 1)] if some else 0 for some in cuts]
        places: dict[Tokens, int] = {}
        pieces: list[Tokens] = []
        above: list[int] = []
        for number, prompt in enumerate(prompts):
            beginning = prompt[: ends[number]]
            if beginning not in places:
                places[beginning] = len(pieces)
                pieces.append(prompt[before[number] : ends[number]])
                above.append(parents[number])
        parents = [places[prompt[:end]] for prompt, end in zip(prompts, ends, strict=True)]
        before = ends
        levels.append(Level(pieces, above))
    last = [prompt[end:] for prompt, end in zip(prompts, before, strict=True)]
    return [*levels, Level(last, parents)]


def _tokens(plan: Sequence[Level]) -> int:
    """What is computed, padding included."""
    return sum(len(level.pieces) * level.width for level in plan)


def _common(one: Tokens, other: Tokens) -> int:
    """Tokens that both begin with; at least one token of each is left out of it."""
    most = min(len(one), len(other)) - 1
    return next((place for place in range(most) if one[place] != other[place]), max(most, 0))
