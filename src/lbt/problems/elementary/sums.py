"""The sums that a rationale writes down, with the spaces that small models write them with."""

from typing import NamedTuple


class Sum(NamedTuple):
    """A sum as it is written, and what it comes to."""

    text: str
    value: int


def plus(a: int, b: int) -> Sum:
    """a + b."""
    return Sum(f"{a} + {b} = {a + b}", a + b)


def minus(a: int, b: int) -> Sum:
    """a - b."""
    return Sum(f"{a} - {b} = {a - b}", a - b)


def times(a: int, b: int) -> Sum:
    """a * b."""
    return Sum(f"{a} * {b} = {a * b}", a * b)


def divided(a: int, b: int) -> Sum:
    """a / b, of which nothing is left over."""
    return Sum(f"{a} / {b} = {a // b}", a // b)


def larger_minus_smaller(a: int, b: int) -> Sum:
    """The difference of two numbers, which is never negative."""
    return minus(max(a, b), min(a, b))
