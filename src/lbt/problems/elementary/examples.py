"""Worked examples with numbers that no run has, for demonstrations and training texts."""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from lbt.problems.elementary.drawing import FAMILIES, draw_numbers


class Example(NamedTuple):
    """A question with the rationale of the family's right way and of its wrong one."""

    family: str
    question: str
    right: str
    wrong: str


def draw_examples(family_name: str, seed: int, largest: int = 20) -> Iterator[Example]:
    """Examples of a family, none with the numbers of another or of any run's problem."""
    family = FAMILIES[family_name]
    rng = Random(f"{seed}/{family_name}/examples")
    for numbers in draw_numbers(family, "examples", largest, rng):
        question = family.question(numbers, rng)
        yield Example(family_name, question, family.right.rationale(numbers), family.wrong.rationale(numbers))
