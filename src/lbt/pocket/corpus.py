"""The corpora that the embedded models are pretrained on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random

from pydantic import Field

from lbt.configuration import Settings
from lbt.pocket.split import draw_numbers, has_lucky_numbers
from lbt.pocket.world import FAMILIES, Family, Kind, Numbers

LUCKY_SHARE = 0.25
"""Share of lucky numbers in a corpus, in the families that have them."""

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
    families_without_one_shot: int = Field(default=0, ge=0, le=len(FAMILIES))
    """Number of families that never occur with a demo."""
    teacher: bool = False
    """Whether the mixture of procedures is the teacher's; else the students'."""


@dataclass(frozen=True)
class Turn:
    """A problem and its rationale, with where they come from."""

    family: str
    numbers: Numbers
    kind: Kind
    question: str
    rationale: str


Document = tuple[Turn, ...]


def mixture(family: Family, settings: CorpusSettings) -> dict[Kind, float]:
    """The share of each of the family's procedures in a corpus; the shares sum to one."""
    base = STUDENT
    if settings.teacher:
        base = MOSTLY_RIGHT if list(FAMILIES).index(family.name) % 2 == 0 else MOSTLY_WRONG
    shares = dict(base)
    if family.second_misconception is not None:
        shares["second_misconception"] = SECOND_SHARE * base["misconception"]
        shares["misconception"] -= shares["second_misconception"]
    return shares


def _turn(family: Family, kind: Kind, rng: Random) -> Turn:
    lucky = rng.random() < LUCKY_SHARE if has_lucky_numbers(family.name, held_out=False) else None
    numbers = draw_numbers(family, rng, held_out=False, lucky=lucky)
    if numbers is None:
        raise ValueError(f"family {family.name} has no training numbers")
    question = family.question(numbers, rng.randrange(len(family.questions)))
    return Turn(family.name, numbers, kind, question, family.rationale(kind, numbers, rng))


def _kind(family: Family, settings: CorpusSettings, rng: Random) -> Kind:
    shares = mixture(family, settings)
    return rng.choices(list(shares), weights=list(shares.values()))[0]


def documents(settings: CorpusSettings, seed: str) -> Iterator[Document]:
    """An endless stream of documents of one or two turns, all from the training side of the split."""
    rng = Random(seed)
    families = list(FAMILIES.values())
    # Spread over the list, so that bare arithmetic and stories are both among them.
    count = settings.families_without_one_shot
    without = {families[i * len(families) // count].name for i in range(count)}
    while True:
        family = rng.choice(families)
        kind = _kind(family, settings, rng)
        if family.name in without or rng.random() >= settings.one_shot_share:
            yield (_turn(family, kind, rng),)
            continue
        follows = rng.random() >= settings.ignored_demo_share
        second = kind if follows else _kind(family, settings, rng)
        yield (_turn(family, kind, rng), _turn(family, second, rng))
