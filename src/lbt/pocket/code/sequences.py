"""Families of functions of lists and texts."""

from random import Random

from lbt.pocket.code.constants import ordered, two
from lbt.pocket.code.family import Family, Inputs, Procedure
from lbt.pocket.worlds import Constants

SIGNS = tuple("-+*/:;.,_~=|#&")


def _place_step_more(rng: Random) -> Constants:
    return rng.randint(2, 6), rng.randint(2, 5), rng.randint(2, 29)


def _times_and_text(rng: Random) -> Constants:
    return rng.randint(2, 9), "".join(rng.choices(SIGNS, k=rng.randint(1, 2)))


def _lengths_and_sign(rng: Random) -> Constants:
    return rng.randint(1, 6), rng.randint(1, 6), rng.choice(SIGNS)


def _first_and_more(rng: Random) -> Constants:
    return rng.randint(1, 5), rng.randint(2, 99)


def _items(rng: Random, least: int, most: int) -> list[int]:
    return [rng.randint(1, 30) for _ in range(rng.randint(least, most))]


def _near_the_bounds(rng: Random, low: int, high: int) -> Inputs:
    items = [rng.randint(max(0, low - 9), high + 9) for _ in range(rng.randint(1, 4))]
    for bound in (low, high):
        if rng.random() < 0.5:
            items.insert(rng.randint(0, len(items)), bound)
    return (items,)


def _long_or_alike(rng: Random, place: int, step: int, more: int) -> Inputs:
    if rng.random() < 0.4:
        return ([rng.randint(1, 9)] * (place + rng.randint(1, 5)),)
    return (_items(rng, 1, place + 2 * step),)


def _parity(rng: Random, a: int, b: int) -> Inputs:
    items = _items(rng, 2, 6)
    if rng.random() < 0.5:  # an even item in every even place, an odd one in every other
        items = [item + (item + index) % 2 for index, item in enumerate(items)]
    return (items,)


def _word(rng: Random, length: int) -> str:
    return "".join(rng.choice("abcdefghijklmnoprstuvwy") for _ in range(length))


def _letter_or_word(rng: Random, times: int, text: str) -> Inputs:
    return (_word(rng, rng.choice((1, 1, 2, 3, 4))),)


def _word_of_twice(rng: Random, first: int, last: int, sign: str) -> Inputs:
    return (_word(rng, 2 * last if rng.random() < 0.5 else rng.randint(max(first, last), first + last + 4)),)


def _turning(rng: Random, first: int, more: int) -> Inputs:
    if rng.random() < 0.4:
        return (_items(rng, 2 * first, 2 * first),)
    return (_items(rng, first + 1, first + 4),)


def _mirrored(rng: Random, a: int, b: int) -> Inputs:
    if rng.random() < 0.5:  # with a appended it reads the same from both ends
        half, odd = _items(rng, 0, 2), _items(rng, 0, 1)
        return (([a, *half, *odd, *half[::-1]] if rng.random() < 0.9 else []),)
    return (_items(rng, 1, 5),)


SEQUENCES = (
    Family(
        "at_least",
        (
            "Write {f}: how many items of xs are at least {0} and below {1}.",
            "Write {f} that counts the items of xs from {0} on, but below {1}.",
        ),
        "xs",
        ordered,
        _near_the_bounds,
        "stay below {1}",
        Procedure(
            "An equal item counts, so use <=.",
            ("sum(1 for x in xs if {0} <= x < {1})", "len([x for x in xs if {0} <= x < {1}])"),
            lambda a, b, xs: sum(1 for x in xs if a <= x < b),
        ),
        Procedure(
            "An item must be larger.",
            ("sum(1 for x in xs if {0} < x < {1})", "len([x for x in xs if {0} < x < {1}])"),
            lambda a, b, xs: sum(1 for x in xs if a < x < b),
        ),
        Procedure(
            "Both ends count.",
            ("sum(1 for x in xs if {0} <= x <= {1})", "len([x for x in xs if {0} <= x <= {1}])"),
            lambda a, b, xs: sum(1 for x in xs if a <= x <= b),
        ),
    ),
    Family(
        "from_place",
        (
            "Write {f}: add up xs from item {0} on, counted from 1, in steps of {1}; then add {2}.",
            "Write {f} that adds {2} to the sum of xs from item {0}, the first being 1, in steps of {1}.",
        ),
        "xs",
        _place_step_more,
        _long_or_alike,
        "go in steps of {1} and add {2}",
        Procedure(
            "Lists count from 0, so go one back.",
            ("sum(xs[{0} - 1::{1}]) + {2}", "{2} + sum(xs[{0} - 1::{1}])"),
            lambda a, b, c, xs: sum(xs[a - 1 :: b]) + c,
        ),
        Procedure(
            "The place is the index.",
            ("sum(xs[{0}::{1}]) + {2}", "{2} + sum(xs[{0}::{1}])"),
            lambda a, b, c, xs: sum(xs[a::b]) + c,
        ),
    ),
    Family(
        "even_indices",
        (
            "Write {f}: {0} times the sum of the items at even indices of xs, plus {1}.",
            "Write {f} that adds up what is at even indices of xs, multiplies by {0} and adds {1}.",
        ),
        "xs",
        two,
        _parity,
        "multiply by {0} and add {1}",
        Procedure(
            "Every second item, from the first.",
            ("sum(xs[::2]) * {0} + {1}", "{0} * sum(xs[::2]) + {1}"),
            lambda a, b, xs: sum(xs[::2]) * a + b,
        ),
        Procedure(
            "Look for items that are even.",
            (
                "sum(x for x in xs if x % 2 == 0) * {0} + {1}",
                "{0} * sum(x for x in xs if x % 2 == 0) + {1}",
            ),
            lambda a, b, xs: sum(x for x in xs if x % 2 == 0) * a + b,
        ),
    ),
    Family(
        "join",
        (
            'Write {f}: s written {0} times with "{1}" between.',
            'Write {f} that puts "{1}" between {0} copies of s.',
        ),
        "s",
        _times_and_text,
        _letter_or_word,
        'there are {0} copies with "{1}"',
        Procedure(
            "Join a list of copies.",
            ('"{1}".join([s] * {0})', '"{1}".join(s for _ in range({0}))'),
            lambda a, b, s: b.join([s] * a),
        ),
        Procedure(
            "Join the repeated text.",
            ('"{1}".join(s * {0})',),
            lambda a, b, s: b.join(s * a),
        ),
        Procedure(
            "Each copy brings its sign.",
            ('(s + "{1}") * {0}',),
            lambda a, b, s: (s + b) * a,
        ),
    ),
    Family(
        "ends",
        (
            'Write {f}: the first {0} and the last {1} letters of s with "{2}" between.',
            'Write {f} that puts "{2}" between the first {0} and the last {1} letters of s.',
        ),
        "s",
        _lengths_and_sign,
        _word_of_twice,
        'take {0} and {1} with "{2}"',
        Procedure(
            "Count the last ones from the back.",
            ('s[:{0}] + "{2}" + s[-{1}:]', '"{2}".join([s[:{0}], s[-{1}:]])'),
            lambda a, b, c, s: s[:a] + c + s[-b:],
        ),
        Procedure(
            "Cut the text at both places.",
            ('s[:{0}] + "{2}" + s[{1}:]', '"{2}".join([s[:{0}], s[{1}:]])'),
            lambda a, b, c, s: s[:a] + c + s[b:],
        ),
    ),
    Family(
        "rotate",
        (
            "Write {f}: move the first {0} items of xs to its end, then append {1}.",
            "Write {f} that puts the first {0} items of xs behind the others and {1} behind all.",
        ),
        "xs",
        _first_and_more,
        _turning,
        "append {1}",
        Procedure(
            "Cut behind the first ones.",
            ("xs[{0}:] + xs[:{0}] + [{1}]",),
            lambda a, b, xs: xs[a:] + xs[:a] + [b],
        ),
        Procedure(
            "Cut before the last ones.",
            ("xs[-{0}:] + xs[:-{0}] + [{1}]",),
            lambda a, b, xs: xs[-a:] + xs[:-a] + [b],
        ),
    ),
    Family(
        "reverse",
        (
            "Write {f}: append {0} to xs, reverse the whole, then append {1}.",
            "Write {f} that reverses xs with {0} appended, and appends {1} to that.",
        ),
        "xs",
        two,
        _mirrored,
        "append {1} at the end",
        Procedure(
            "The whole is reversed, so use brackets.",
            ("(xs + [{0}])[::-1] + [{1}]",),
            lambda a, b, xs: [*[*xs, a][::-1], b],
        ),
        Procedure(
            "Reverse what comes last.",
            ("xs + [{0}][::-1] + [{1}]",),
            lambda a, b, xs: xs + [a][::-1] + [b],
        ),
    ),
)
