"""The corpora that the embedded models are pretrained on."""

from collections.abc import Iterator, Mapping
from random import Random

from pydantic import Field

from lbt.configuration import Settings
from lbt.pocket.mathematics import MATHEMATICS
from lbt.pocket.worlds import Kind, Turn, World

# The teacher knows the right way best in one half of the families and a misconception best in the other.
MOSTLY_RIGHT: Mapping[Kind, float] = {"right": 0.53, "misconception": 0.36, "terse": 0.11}
MOSTLY_WRONG: Mapping[Kind, float] = {"right": 0.33, "misconception": 0.52, "terse": 0.15}
STUDENT: Mapping[Kind, float] = {"right": 0.40, "misconception": 0.45, "terse": 0.15}
SECOND_SHARE = 0.3
"""Share of the misconceptions' weight that a family's second misconception takes, where it has one."""


class CorpusSettings(Settings):
    """What one model reads."""

    one_shot_share: float = Field(ge=0, le=1)
    """Share of documents with a demo before the problem, answered in the demo's procedure."""
    ignored_demo_share: float = Field(default=0.0, ge=0, le=1)
    """Share of the one-shot documents whose second answer does not follow the demo."""
    families_without_one_shot: int = Field(default=0, ge=0)
    """Number of families that never occur with a demo."""
    teacher: bool = False
    """Whether the mixture of procedures is the teacher's; else the students'."""


Document = tuple[Turn, ...]


def mixture(family: str, settings: CorpusSettings, world: World = MATHEMATICS) -> dict[Kind, float]:
    """The share of each of the family's procedures in a corpus; the shares sum to one."""
    base = STUDENT
    if settings.teacher:
        base = MOSTLY_WRONG if family in world.misleading else MOSTLY_RIGHT
    shares = dict(base)
    if "second_misconception" in world.openers[family]:
        shares["second_misconception"] = SECOND_SHARE * base["misconception"]
        shares["misconception"] -= shares["second_misconception"]
    return shares


def _kind(family: str, settings: CorpusSettings, world: World, rng: Random) -> Kind:
    shares = mixture(family, settings, world)
    return rng.choices(list(shares), weights=list(shares.values()))[0]


def documents(settings: CorpusSettings, seed: str, world: World = MATHEMATICS) -> Iterator[Document]:
    """An endless stream of documents of one or two turns, all from the training side of the split."""
    rng = Random(seed)
    families = world.families
    # Spread over the list, so that bare arithmetic and stories are both among them.
    count = settings.families_without_one_shot
    without = {families[i * len(families) // count] for i in range(count)}
    while True:
        family = rng.choice(families)
        kind = _kind(family, settings, world, rng)
        if family in without or rng.random() >= settings.one_shot_share:
            yield (world.turn(family, kind, rng),)
            continue
        follows = rng.random() >= settings.ignored_demo_share
        second = kind if follows else _kind(family, settings, world, rng)
        yield (world.turn(family, kind, rng), world.turn(family, second, rng))
