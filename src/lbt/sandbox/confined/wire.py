"""Plain data as bytes, between two processes that do not trust each other.

Decoding makes numbers, texts, bytes, containers, dates and handles, and nothing else: no class is looked up
and no function is called by a name that came over the wire. A subclass travels as the plain value under it.
"""

import struct
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

DEPTH = 150
_HEAD = struct.Struct(">I")
_FLOAT = struct.Struct(">d")


class WireError(Exception):
    """A value cannot travel, or bytes are not a value."""


@dataclass(frozen=True, slots=True)
class Handle:
    """What stands for something that stays with its owner.

    Args:
        kind: "object" of the program, "function" of the tests, or of Python's "library".
        number: Its owner's number for it.
        label: The name of its type, or of the function.
    """

    kind: str
    number: int
    label: str


def encode(value: Any, handle: Callable[[Any], Handle], limit: int) -> bytes:
    """The value's bytes, at most `limit`; `handle` says what stands for an object that is not plain."""
    out = bytearray()
    _put(out, value, handle, limit, DEPTH)
    return bytes(out)


def decode(data: bytes, resolve: Callable[[Handle], Any]) -> Any:
    """The value; `resolve` says what a handle stands for. Raises WireError if it is none."""
    reader = _Reader(data, resolve)
    try:
        value = reader.value(DEPTH)
    except WireError:
        raise
    except Exception as error:  # unhashable keys, impossible dates, broken texts
        raise WireError(f"not a value: {type(error).__name__}") from None
    if reader.at != len(data):
        raise WireError("bytes are left over")
    return value


def _put(out: bytearray, value: Any, handle: Callable[[Any], Handle], limit: int, depth: int) -> None:
    if depth <= 0:
        raise WireError("nested too deeply")
    if value is None or value is True or value is False:
        out += b"N" if value is None else b"1" if value else b"0"
        return
    kind = type(value)
    if kind not in _KINDS:
        kind = next((each for each in _KINDS if each in kind.__mro__), object)
    if kind is object:
        found = handle(value)
        _sized(out, b"H", _text(f"{found.kind} {found.number} {found.label}"), limit)
        return
    mark, parts = _KINDS[kind]
    content = parts(value)
    if isinstance(content, bytes):
        _sized(out, mark, content, limit)
        return
    out += mark + _HEAD.pack(len(content))
    if len(content) + len(out) > limit:
        raise WireError("too large")
    for item in content:
        _put(out, item, handle, limit, depth - 1)


def _sized(out: bytearray, mark: bytes, content: bytes, limit: int) -> None:
    if len(out) + len(content) > limit:
        raise WireError("too large")
    out += mark + _HEAD.pack(len(content)) + content


def _text(value: str) -> bytes:
    return str.encode(value, "utf-8", "surrogatepass")


def _whole(value: int) -> bytes:
    return int.to_bytes(value, int.bit_length(value) // 8 + 1, "big", signed=True)


def _flat(value: dict[Any, Any]) -> list[Any]:
    return [each for pair in dict.items(value) for each in pair]


def _moment(value: datetime) -> list[int]:
    if value.tzinfo is not None:
        raise WireError("a moment with a time zone")
    return [value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond]


_KINDS: dict[type, tuple[bytes, Callable[[Any], bytes | list[Any]]]] = {
    int: (b"i", _whole),
    float: (b"f", lambda value: _FLOAT.pack(float.__float__(value))),
    complex: (b"c", lambda value: _FLOAT.pack(value.real) + _FLOAT.pack(value.imag)),
    str: (b"s", _text),
    bytes: (b"b", lambda value: bytes(value)),
    bytearray: (b"a", lambda value: bytes(value)),
    list: (b"l", lambda value: list(list.__iter__(value))),
    tuple: (b"t", lambda value: list(tuple.__iter__(value))),
    set: (b"S", lambda value: list(set.__iter__(value))),
    frozenset: (b"Z", lambda value: list(frozenset.__iter__(value))),
    dict: (b"d", _flat),
    deque: (b"q", lambda value: list(deque.__iter__(value))),
    range: (b"r", lambda value: [value.start, value.stop, value.step]),
    Decimal: (b"D", lambda value: _text(Decimal.__str__(value))),
    Fraction: (b"Q", lambda value: [value.numerator, value.denominator]),
    datetime: (b"m", _moment),
    date: (b"y", lambda value: [value.year, value.month, value.day]),
    time: (b"o", lambda value: [value.hour, value.minute, value.second, value.microsecond]),
    timedelta: (b"w", lambda value: [value.days, value.seconds, value.microseconds]),
}
"""Of two classes of which one derives from the other, the derived one comes first."""


class _Reader:
    """A place in some bytes."""

    def __init__(self, data: bytes, resolve: Callable[[Handle], Any]) -> None:
        self.data, self.resolve, self.at = data, resolve, 0

    def value(self, depth: int) -> Any:
        """The value that begins here."""
        if depth <= 0:
            raise WireError("nested too deeply")
        mark = self._take(1)
        if mark in _SINGLE:
            return _SINGLE[mark]
        length = _HEAD.unpack(self._take(_HEAD.size))[0]
        if mark in _FROM_BYTES:
            return _FROM_BYTES[mark](self._take(length))
        if mark == b"H":
            kind, number, label = self._take(length).decode("utf-8", "replace").split(" ", 2)
            return self.resolve(Handle(kind, int(number), label))
        if mark not in _FROM_ITEMS or length > len(self.data) - self.at:
            raise WireError("not a value")
        return _FROM_ITEMS[mark]([self.value(depth - 1) for _ in range(length)])

    def _take(self, count: int) -> bytes:
        part = self.data[self.at : self.at + count]
        if len(part) < count:
            raise WireError("cut off")
        self.at += count
        return part


def _pairs(items: list[Any]) -> dict[Any, Any]:
    return dict(zip(items[::2], items[1::2], strict=True))


def _numbers(make: Callable[..., Any], count: int) -> Callable[[list[Any]], Any]:
    def made(items: list[Any]) -> Any:
        if len(items) != count or any(type(item) is not int for item in items):
            raise WireError("not a value")
        return make(*items)

    return made


_SINGLE: dict[bytes, Any] = {b"N": None, b"1": True, b"0": False}
_FROM_BYTES: dict[bytes, Callable[[bytes], Any]] = {
    b"i": lambda data: int.from_bytes(data, "big", signed=True),
    b"f": lambda data: _FLOAT.unpack(data)[0],
    b"c": lambda data: complex(_FLOAT.unpack(data[:8])[0], _FLOAT.unpack(data[8:])[0]),
    b"s": lambda data: data.decode("utf-8", "surrogatepass"),
    b"b": bytes,
    b"a": bytearray,
    b"D": lambda data: Decimal(data.decode("ascii")),
}
_FROM_ITEMS: dict[bytes, Callable[[list[Any]], Any]] = {
    b"l": list,
    b"t": tuple,
    b"S": set,
    b"Z": frozenset,
    b"d": _pairs,
    b"q": deque,
    b"r": _numbers(range, 3),
    b"Q": _numbers(Fraction, 2),
    b"m": _numbers(datetime, 7),
    b"y": _numbers(date, 3),
    b"o": _numbers(time, 4),
    b"w": _numbers(timedelta, 3),
}
