"""One spelling for equal plain values, to compare programs by what they return."""

from collections import deque
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from math import inf
from typing import Any

from lbt.sandbox.confined.remote import NotPlain, Remote

_ITEMS = 1000
_LONG = 10**15
_NUMBERS = (int, float, complex, Decimal, Fraction)
_BRACKETS: dict[type, tuple[str, str]] = {
    list: ("[", "]"),
    tuple: ("(", ")"),
    deque: ("deque(", ")"),
}


def canonical(value: Any, limit: int) -> str:
    """Equal values have equal texts: 1, 1.0 and True are equal for Python and here. Raises NotPlain."""
    text = _text(value)
    if len(text) > limit:
        raise NotPlain("too large a value")
    return text


def _text(value: Any) -> str:
    if isinstance(value, Remote):
        return f"iterator [{', '.join(_text(each) for each in islice(value, _ITEMS))}]"
    if isinstance(value, _NUMBERS):
        return _number(value)
    if isinstance(value, bytearray):
        return repr(bytes(value))
    if isinstance(value, set | frozenset):
        return f"set({', '.join(sorted(map(_text, value)))})"
    if isinstance(value, dict):
        return f"{{{', '.join(sorted(f'{_text(key)}: {_text(each)}' for key, each in value.items()))}}}"
    if isinstance(value, range):
        step = value.step if value and value[0] != value[-1] else 1
        return f"range({value[0]}, {value[-1]}, {step})" if value else "range()"
    brackets = next((_BRACKETS[kind] for kind in _BRACKETS if isinstance(value, kind)), None)
    if brackets:
        return f"{brackets[0]}{', '.join(map(_text, value))}{brackets[1]}"
    return repr(value)


def _number(value: Any) -> str:
    """Of whatever kind: the whole number or the float that it equals, if there is one."""
    if isinstance(value, complex) and value.imag == 0:
        value = value.real
    if isinstance(value, Decimal | Fraction):
        with suppress(OverflowError, ValueError):
            value = float(value) if float(value) == value else value
    if isinstance(value, float | Decimal) and value == value and abs(value) != inf and int(value) == value:
        value = int(value)
    if isinstance(value, int):
        return str(int(value)) if abs(value) < _LONG else hex(value)
    return repr(value)
