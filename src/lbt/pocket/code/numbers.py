"""Families of functions of whole numbers."""

from random import Random

from lbt.pocket.code.constants import ordered, two
from lbt.pocket.code.family import Family, Inputs, Procedure


def _some(rng: Random, chosen: int, low: int = -20, high: int = 40) -> int:
    """Half of the time the chosen number, else any."""
    return chosen if rng.random() < 0.5 else rng.randint(low, high)


def _two_or_one(rng: Random, a: int, b: int) -> Inputs:
    return rng.randint(-9, 30), _some(rng, 1, 0, 12)


def _ends(rng: Random, start: int, step: int) -> Inputs:
    return (start + step * rng.randint(0, 6) + _some(rng, 0, 0, step - 1),)


def _with_equal_ends(rng: Random, a: int, b: int) -> Inputs:
    first, middle = rng.randint(1, 9), rng.choice(("", "0", "4", "17", "83"))
    return (int(f"{first}{middle}{_some(rng, first, 0, 9)}"),)


def _around(rng: Random, low: int, high: int) -> Inputs:
    return (
        rng.choice((rng.randint(low - 30, low - 1), rng.randint(low, high), rng.randint(high, high + 30))),
    )


def _multiples(rng: Random, divisor: int, b: int) -> Inputs:
    return (divisor * rng.randint(0, 9) + _some(rng, 0, 0, divisor - 1),)


def _three(rng: Random, a: int, b: int) -> Inputs:
    return rng.randint(-9, 40), rng.randint(-9, 40), rng.randint(-9, 40)


def _pair(rng: Random, a: int, b: int) -> Inputs:
    return rng.randint(-9, 40), rng.randint(-9, 40)


NUMBERS = (
    Family(
        "brackets",
        (
            "Write {f}: add {0} to x, multiply the sum by y and subtract {1}.",
            "Write {f} that adds {0} to x, multiplies the sum by y, then subtracts {1}.",
        ),
        "x, y",
        two,
        _two_or_one,
        "subtract {1} at the end",
        Procedure(
            "The sum comes first, so it needs brackets.",
            ("(x + {0}) * y - {1}", "y * (x + {0}) - {1}"),
            lambda a, b, x, y: (x + a) * y - b,
        ),
        Procedure(
            "Write it down in the order given.",
            ("x + {0} * y - {1}",),
            lambda a, b, x, y: x + a * y - b,
        ),
    ),
    Family(
        "range_sum",
        (
            "Write {f}: the sum of the numbers from {0} to n in steps of {1}, n included.",
            "Write {f} that adds up the numbers from {0} up to n itself in steps of {1}.",
        ),
        "n",
        two,
        _ends,
        "start at {0} in steps of {1}",
        Procedure(
            "The end counts too, so stop at n + 1.",
            ("sum(range({0}, n + 1, {1}))", "sum(k for k in range({0}, n + 1, {1}))"),
            lambda a, b, n: sum(range(a, n + 1, b)),
        ),
        Procedure(
            "Let the range stop at n.",
            ("sum(range({0}, n, {1}))", "sum(k for k in range({0}, n, {1}))"),
            lambda a, b, n: sum(range(a, n, b)),
        ),
    ),
    Family(
        "last_digit",
        (
            "Write {f}: {0} times the last digit of n, plus {1}.",
            "Write {f} that multiplies the last digit of n by {0} and adds {1}.",
        ),
        "n",
        two,
        _with_equal_ends,
        "multiply by {0} and add {1}",
        Procedure(
            "The last digit is what ten leaves over.",
            ("n % 10 * {0} + {1}", "{0} * (n % 10) + {1}"),
            lambda a, b, n: n % 10 * a + b,
        ),
        Procedure(
            "Read the digit in front.",
            ("int(str(n)[0]) * {0} + {1}",),
            lambda a, b, n: int(str(n)[0]) * a + b,
        ),
    ),
    Family(
        "clamp",
        (
            "Write {f}: x, but at least {0} and at most {1}.",
            "Write {f} that keeps x between {0} and {1}.",
        ),
        "x",
        ordered,
        _around,
        "the limits are {0} and {1}",
        Procedure(
            "A lower limit needs max, an upper one min.",
            ("max({0}, min(x, {1}))", "min({1}, max(x, {0}))"),
            lambda a, b, x: max(a, min(x, b)),
        ),
        Procedure(
            "At least goes with min, at most with max.",
            ("min({0}, max(x, {1}))", "min(max(x, {1}), {0})"),
            lambda a, b, x: min(a, max(x, b)),
        ),
        Procedure(
            "Only the top can be passed.",
            ("min(x, {1})", "min({1}, x)"),
            lambda a, b, x: min(x, b),
        ),
    ),
    Family(
        "whole_times",
        (
            "Write {f}: how often {0} goes fully into x, plus {1}.",
            "Write {f} that finds how many whole times {0} fits into x and adds {1}.",
        ),
        "x",
        two,
        _multiples,
        "add {1}",
        Procedure(
            "Only whole times count, so use //.",
            ("x // {0} + {1}", "{1} + x // {0}"),
            lambda a, b, x: x // a + b,
        ),
        Procedure(
            "To see how often, divide with /.",
            ("x / {0} + {1}", "{1} + x / {0}"),
            lambda a, b, x: x / a + b,
        ),
    ),
    Family(
        "largest",
        (
            "Write {f}: {0} times the largest of x, y and z, minus {1}.",
            "Write {f} that multiplies the largest of x, y and z by {0} and subtracts {1}.",
        ),
        "x, y, z",
        two,
        _three,
        "multiply by {0} and subtract {1}",
        Procedure(
            "All three must be compared.",
            ("max(x, y, z) * {0} - {1}", "{0} * max(x, y, z) - {1}"),
            lambda a, b, x, y, z: max(x, y, z) * a - b,
        ),
        Procedure(
            "It is x if x beats y, else z.",
            ("(x if x > y else z) * {0} - {1}", "{0} * (x if x > y else z) - {1}"),
            lambda a, b, x, y, z: (x if x > y else z) * a - b,
        ),
        Procedure(
            "The largest is the last one.",
            ("z * {0} - {1}",),
            lambda a, b, x, y, z: z * a - b,
        ),
    ),
    Family(
        "distance",
        (
            "Write {f}: {0} times the distance between x and y, plus {1}.",
            "Write {f} that multiplies the distance from x to y by {0} and adds {1}.",
        ),
        "x, y",
        two,
        _pair,
        "multiply by {0} and add {1}",
        Procedure(
            "A distance is never negative, so use abs.",
            ("abs(x - y) * {0} + {1}", "{0} * abs(x - y) + {1}"),
            lambda a, b, x, y: abs(x - y) * a + b,
        ),
        Procedure(
            "The distance is x minus y.",
            ("(x - y) * {0} + {1}", "{0} * (x - y) + {1}"),
            lambda a, b, x, y: (x - y) * a + b,
        ),
    ),
)
