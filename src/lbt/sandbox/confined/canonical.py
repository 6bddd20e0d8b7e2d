"""One spelling for equal plain values, to compare programs by what they return."""

from collections import deque
from itertools import islice
from typing import Any

from lbt.sandbox.confined.remote import NotPlain, Remote

_ITEMS = 1000
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
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float | complex) and value == value.real and float(value.real).is_integer():
        return hex(int(value.real)) if abs(value) > 1e15 else str(int(value.real))
    if isinstance(value, int):
        return hex(value) if abs(value) > 1e15 else str(value)
    if isinstance(value, bytearray):
        return repr(bytes(value))
    if isinstance(value, set | frozenset):
        return f"set({', '.join(sorted(map(_text, value)))})"
    if isinstance(value, dict):
        return f"{{{', '.join(sorted(f'{_text(key)}: {_text(each)}' for key, each in value.items()))}}}"
    brackets = next((_BRACKETS[kind] for kind in _BRACKETS if isinstance(value, kind)), None)
    if brackets:
        return f"{brackets[0]}{', '.join(map(_text, value))}{brackets[1]}"
    return repr(value)
