"""New problems of a family of the pocket, for an instructor that cannot write questions."""

from collections.abc import Iterator
from random import Random

from lbt.pocket.mathematics import SOURCE
from lbt.pocket.split import draw_numbers, has_lucky_numbers
from lbt.pocket.world import FAMILIES

VARIED = frozenset({SOURCE})
"""The values of problems.source whose families have variants."""


def draw_variants(family_name: str, lucky_share: float, rng: Random) -> Iterator[tuple[str, str]]:
    """Questions of a family with new numbers, and their right answers; the same one may come again.

    They come from the side of the split that the models' corpora came from, where no problem of a run is.
    `lucky_share` of them are lucky, if the family has lucky numbers.
    """
    family = FAMILIES[family_name]
    can_be_lucky = has_lucky_numbers(family_name, held_out=False)
    while True:
        lucky = can_be_lucky and rng.random() < lucky_share
        numbers = draw_numbers(family, rng, held_out=False, lucky=lucky)
        if numbers is None:
            return
        yield family.question(numbers, rng.randrange(len(family.questions))), str(family.answer(numbers))
