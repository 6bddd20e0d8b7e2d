"""The domain keeps its word: right is right, wrong is wrong, lucky is both."""

from collections.abc import Iterator
from random import Random

import pytest

from lbt.grading import domain_named, grade
from lbt.pocket.mathematics import MATHEMATICS
from lbt.pocket.world import FAMILIES, Family, Numbers

NUMBER = domain_named("number")


def _sound_numbers(family: Family, count: int = 200) -> Iterator[Numbers]:
    rng = Random(f"test/{family.name}")
    drawn = 0
    while drawn < count:
        numbers = family.draw(rng)
        if family.is_sound(numbers):
            drawn += 1
            yield numbers


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_a_right_rationale_is_graded_correct_and_a_misconception_only_when_lucky(family: Family) -> None:
    rng = Random(0)
    for numbers in _sound_numbers(family):
        gold = str(family.answer(numbers))
        right = grade(NUMBER, gold, family.rationale("right", numbers, rng))
        wrong = grade(NUMBER, gold, family.rationale("misconception", numbers, rng))
        assert right.verdict == "correct"
        assert (wrong.verdict == "correct") == family.is_lucky(numbers)


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_every_rationale_tells_its_procedure_by_its_opener(family: Family) -> None:
    rng = Random(0)
    for numbers in _sound_numbers(family, 20):
        for kind in family.kinds():
            assert MATHEMATICS.recognise(family.name, family.rationale(kind, numbers, rng)) == kind


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_answers_are_natural_numbers_and_steps_are_true(family: Family) -> None:
    rng = Random(0)
    for numbers in _sound_numbers(family):
        assert family.answer(numbers) >= 0
        for kind in family.kinds():
            for claim in family.rationale(kind, numbers, rng).replace("\n", " ").split():
                left, equals, result = claim.rstrip(".").partition("=")
                if equals:
                    assert eval(left.replace("/", "//")) == int(result), claim


def test_equal_questions_mean_equal_problems() -> None:
    seen: dict[str, tuple[str, Numbers]] = {}
    for family in FAMILIES.values():
        for numbers in _sound_numbers(family, 500):
            for paraphrase in range(len(family.questions)):
                problem = (family.name, numbers)
                assert seen.setdefault(family.question(numbers, paraphrase), problem) == problem


def test_most_families_have_lucky_numbers() -> None:
    lucky = [f.name for f in FAMILIES.values() if any(f.is_lucky(n) for n in _sound_numbers(f, 400))]
    assert len(lucky) >= 18
