"""Proposals of numbers, none below two, so that every thing is named in the plural."""

from random import Random

from lbt.problems.elementary.family import Numbers


def _one(rng: Random, largest: int) -> int:
    return rng.randint(2, largest)


def pair(rng: Random, largest: int) -> Numbers:
    """Two numbers."""
    return _one(rng, largest), _one(rng, largest)


def total_and_part(rng: Random, largest: int) -> Numbers:
    """A sum of two numbers, and one of them."""
    first, second = pair(rng, largest)
    return first + second, second


def part_and_total(rng: Random, largest: int) -> Numbers:
    """One of two numbers, and their sum."""
    total, part = total_and_part(rng, largest)
    return part, total


def factors(rng: Random, largest: int) -> Numbers:
    """Two numbers to multiply, the second at most half of the largest."""
    return _one(rng, largest), _one(rng, max(3, largest // 2))


def product_and_factor(rng: Random, largest: int) -> Numbers:
    """A product, and a number that divides it."""
    first, second = factors(rng, largest)
    return first * second, second


def factors_and_more(rng: Random, largest: int) -> Numbers:
    """Two small numbers to multiply, and a third."""
    half = max(3, largest // 2)
    return _one(rng, half), _one(rng, half), _one(rng, largest)


def factors_and_part(rng: Random, largest: int) -> Numbers:
    """Two small numbers to multiply, and less than their product."""
    first, second, _ = factors_and_more(rng, largest)
    return first, second, rng.randint(2, first * second - 1)


def factors_and_total(rng: Random, largest: int) -> Numbers:
    """Two small numbers to multiply, and more than their product."""
    first, second, more = factors_and_more(rng, largest)
    return first, second, first * second + more


def two_and_part(rng: Random, largest: int) -> Numbers:
    """Two numbers, and less than their sum."""
    first, second = pair(rng, largest)
    return first, second, rng.randint(2, first + second - 1)


def total_part_and_factor(rng: Random, largest: int) -> Numbers:
    """More than a product by the second number, and a factor of it."""
    first, factor, part = factors_and_more(rng, largest)
    return first * factor + part, part, factor


def two_and_factor(rng: Random, largest: int) -> Numbers:
    """Two numbers whose sum the third divides."""
    first, factor, _ = factors_and_more(rng, largest)
    part = rng.randint(2, first * factor - 2)
    return part, first * factor - part, factor


def count_and_days(rng: Random, largest: int) -> Numbers:
    """A number of weeks, and of days in a week."""
    return _one(rng, largest), rng.randint(2, 6)


def hours_and_minutes(rng: Random, largest: int) -> Numbers:
    """Hours at most half of the largest, and minutes in an hour."""
    return _one(rng, max(3, largest // 2)), rng.randint(2, 59)
