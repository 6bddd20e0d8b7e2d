"""New problems of a family of the pocket, for an instructor that cannot write questions."""

from collections.abc import Iterator
from random import Random

from lbt.pocket.mathematics import SOURCE
from lbt.pocket.split import draw_numbers, has_lucky_numbers
from lbt.pocket.world import FAMILIES

VARIED = frozenset({SOURCE})
"""The values of problems.source whose families have variants."""


def draw_variants(family_name: str, lucky: bool, rng: Random) -> Iterator[tuple[str, str]]:
    """Questions of a family with new numbers, and their right answers; the same one may come again.

    They come from the side of the split that the models' corpora came from, where no problem of a run is.
    With `lucky` the family's misconception gives the right answer too, if the family has such numbers; else
    it does not.
    """
    family = FAMILIES[family_name]
    lucky = lucky and has_lucky_numbers(family_name, held_out=False)
    while numbers := draw_numbers(family, rng, held_out=False, lucky=lucky):
        yield family.question(numbers, rng.randrange(len(family.questions))), str(family.answer(numbers))
