"""Problems of a run: each family's numbers on the side of each role, none twice."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from math import ceil
from random import Random

from lbt.errors import DataError
from lbt.problems.elementary.family import Family, Numbers
from lbt.problems.elementary.one_step import ONE_STEP
from lbt.problems.elementary.sides import Side, side_of
from lbt.problems.elementary.two_steps import TWO_STEPS
from lbt.problems.rows import Place, Problem
from lbt.problems.settings import ElementaryProblemSettings, ProblemSettings

FAMILIES = {family.name: family for family in (*ONE_STEP, *TWO_STEPS)}
SOURCE = "elementary"
_TRIES = 500
"""Draws without a new problem after which a family has no more of them."""
_USUAL = 64
_SPARE = 4


def draw_elementary(settings: ProblemSettings, seed: int) -> list[Problem]:
    """Problems of every family that is wanted, with their roles: of each role more than will be needed.

    Families that are held out have evaluation problems only. Raises DataError for an unknown family.
    """
    families = families_of(settings.elementary)
    taught = [family for family in families if family.name not in settings.elementary.held_out]
    rows: list[Problem] = []
    for family in taught:
        rows += _problems(family, "teaching", settings, _enough(settings.teaching, len(taught)), seed)
        rows += _problems(family, "exam", settings, settings.exam_per_family, seed)
    for family in families:
        rows += _problems(family, "evaluation", settings, _enough(settings.evaluation, len(families)), seed)
    return [replace(row, position=position) for position, row in enumerate(rows)]


def _enough(wanted: int, families: int) -> int:
    """Of each family, so that others can make up for one that has few; usual sizes draw from the same."""
    return max(_USUAL, _SPARE * ceil(wanted / families)) if wanted else 0


def families_of(settings: ElementaryProblemSettings) -> list[Family]:
    """The families that are wanted, held out or not; raises DataError for one that is not there."""
    named = settings.families
    for parameter, names in (("families", named or ()), ("held_out", settings.held_out)):
        unknown = sorted(set(names) - FAMILIES.keys())
        if unknown:
            raise DataError(
                f"problems.elementary.{parameter} names {', '.join(unknown)}, but there is no such family. "
                f"The families are {', '.join(FAMILIES)}."
            )
    chosen = [
        family
        for name, family in FAMILIES.items()
        if name in settings.held_out
        or ((not named or name in named) and settings.steps in (None, family.steps))
    ]
    if all(family.name in settings.held_out for family in chosen):
        raise DataError(
            "problems.elementary has no family to teach: held_out names all that families and steps leave. "
            "Remove some from it."
        )
    return chosen


def draw_numbers(family: Family, side: Side, largest: int, rng: Random) -> Iterator[Numbers]:
    """Sound numbers of a side, none twice in whatever order, until there seem to be no more."""
    used: set[Numbers] = set()
    tries = 0
    while tries < _TRIES:
        numbers = family.draw(rng, largest)
        content = tuple(sorted(numbers))
        tries += 1
        if side_of(family.name, numbers) == side and content not in used and family.is_sound(numbers):
            used.add(content)
            tries = 0
            yield numbers


def _problems(family: Family, role: Side, settings: ProblemSettings, most: int, seed: int) -> list[Problem]:
    rng = Random(f"{seed}/{family.name}/{role}")
    drawn = draw_numbers(family, role, settings.elementary.largest, rng)
    return [
        Problem(
            position=0,
            place=Place(SOURCE, None),
            problem_id=f"{family.name}-{'-'.join(map(str, numbers))}",
            family=family.name,
            question=family.question(numbers, rng),
            answer=str(family.right.answer(numbers)),
            role=role,
            level=family.steps,
        )
        for numbers in islice(drawn, most)
    ]
