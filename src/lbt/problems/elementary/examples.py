"""Worked examples with numbers that no run has, for demonstrations and training texts."""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from lbt.problems.elementary.drawing import FAMILIES, draw_numbers


class Example(NamedTuple):
    """A question with its answer, the wrong way's answer, and the rationales of both ways."""

    family: str
    question: str
    answer: str
    misled: str
    right: str
    wrong: str


def draw_examples(family_name: str, seed: int, largest: int = 20) -> Iterator[Example]:
    """Examples of a family, none with the numbers of another or of any run's problem."""
    family = FAMILIES[family_name]
    rng = Random(f"{seed}/{family_name}/examples")
    for numbers in draw_numbers(family, "examples", largest, rng):
        right, wrong = family.right, family.wrong
        yield Example(
            family_name,
            family.question(numbers, rng),
            str(right.answer(numbers)),
            str(wrong.answer(numbers)),
            right.rationale(numbers),
            wrong.rationale(numbers),
        )
