"""Plain values like other ones: a number a little larger, a list without a member."""

import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

_NUMBER = re.compile(r"-?\d{1,15}")


def mutated(value: Any, random: Random) -> Any:
    """A value of the same type with one small change."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return random.choice([value + 1, value - 1, -value, value * 2, value // 2, 0, 1])
    if isinstance(value, float):
        return random.choice([value + 0.5, value - 0.5, -value, value * 2, 0.0])
    if isinstance(value, str):
        return _text(value, random)
    if isinstance(value, list | tuple):
        changed = _members(list(value), random)
        return changed if isinstance(value, list) else tuple(changed)
    if isinstance(value, set):
        return set(_members(sorted(value, key=repr), random)) if _hashable(value) else value
    if isinstance(value, dict) and value:
        key = random.choice(list(value))
        return {**value, key: mutated(value[key], random)}
    return value


def mutated_text(text: str, random: Random) -> str:
    """A standard input with one number changed, or else its letters."""
    numbers = list(_NUMBER.finditer(text))
    if not numbers:
        return _text(text, random)
    chosen = random.choice(numbers)
    other = int(chosen[0]) + random.choice([1, 2, -1])
    return f"{text[: chosen.start()]}{other}{text[chosen.end() :]}"


def _text(value: str, random: Random) -> str:
    if not value:
        return random.choice(["a", "0", " "])
    place = random.randrange(len(value))
    changes: Sequence[Callable[[], str]] = (
        lambda: value[:place] + value[place + 1 :],
        lambda: value[:place] + value[place] + value[place:],
        lambda: value[:place] + random.choice(value) + value[place + 1 :],
        lambda: value[::-1],
        lambda: value.swapcase(),
        lambda: value + value,
    )
    return random.choice(changes)()


def _members(values: list[Any], random: Random) -> list[Any]:
    if not values:
        return values
    place = random.randrange(len(values))
    changes: Sequence[Callable[[], list[Any]]] = (
        lambda: values[:place] + values[place + 1 :],
        lambda: [*values, values[place]],
        lambda: values[::-1],
        lambda: random.sample(values, len(values)),
        lambda: [*values[:place], mutated(values[place], random), *values[place + 1 :]],
        lambda: [*values[:place], mutated(values[place], random), *values[place + 1 :]],
    )
    return random.choice(changes)()


def _hashable(values: set[Any]) -> bool:
    return all(isinstance(value, int | float | str | bool) for value in values)
