"""Plain data arrives as it was sent, and nothing else arrives at all."""

import math
import os
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lbt.sandbox.confined.canonical import canonical
from lbt.sandbox.confined.pipes import TooLong, receive, send
from lbt.sandbox.confined.wire import Handle, WireError, decode, encode

LIMIT = 1 << 20


def refuse(value: Any) -> Handle:
    raise WireError(f"not plain: {value!r}")


def refuse_handle(handle: Handle) -> Any:
    raise AssertionError(handle)


def through(value: Any) -> Any:
    return decode(encode(value, refuse, LIMIT), refuse_handle)


def same(one: Any, other: Any) -> bool:
    """Equal, of the same type throughout, where nan is nan and 0.0 is not -0.0."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        return (math.isnan(one) and math.isnan(other)) or (
            one == other and math.copysign(1, one) == math.copysign(1, other)
        )
    if isinstance(one, complex):
        return same(one.real, other.real) and same(one.imag, other.imag)
    if isinstance(one, list | tuple | deque):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return len(one) == len(other) and all(
            same(a, b) and same(one[a], other[b]) for a, b in zip(one, other, strict=True)
        )
    return bool(one == other)


numbers = st.integers() | st.floats() | st.complex_numbers() | st.booleans() | st.fractions()
moments = (
    st.dates()
    | st.datetimes().map(lambda moment: moment.replace(fold=0))
    | st.times().map(lambda moment: moment.replace(fold=0))
    | st.timedeltas()
    | st.decimals(allow_nan=False)
)
texts = st.text(st.characters(codec=None)) | st.binary()
hashable = st.recursive(
    st.none() | st.integers() | texts | st.floats(allow_nan=False) | moments,
    lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3),
    max_leaves=6,
)
plain = st.recursive(
    st.none() | numbers | texts | moments | st.builds(range, st.integers(), st.integers(), st.integers(1, 9)),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.lists(inner, max_size=4).map(deque)
        | st.sets(hashable, max_size=4)
        | st.dictionaries(hashable, inner, max_size=4)
        | st.binary().map(bytearray)
    ),
    max_leaves=12,
)


@settings(max_examples=40, deadline=None)
@given(plain)
def test_plain_data_arrives_as_it_was_sent(value: Any) -> None:
    assert same(through(value), value)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_a_value_or_are_refused(data: bytes) -> None:
    with suppress(WireError):
        decode(data, lambda handle: handle)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(plain, st.data())
def test_damaged_messages_are_refused_or_are_other_plain_data(value: Any, draw: st.DataObject) -> None:
    data = bytearray(encode(value, refuse, LIMIT))
    data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    with suppress(WireError):
        decode(bytes(data), lambda handle: handle)


@settings(max_examples=40, deadline=None)
@given(plain)
def test_a_value_has_one_spelling_before_and_after_its_way(value: Any) -> None:
    assert canonical(value, LIMIT) == canonical(through(value), LIMIT)


@pytest.mark.parametrize(
    "equal",
    [
        (1, 1.0, True, 1 + 0j, Decimal("1.0"), Fraction(1)),
        (0, -0.0, False),
        (0.5, Fraction(1, 2), Decimal("0.5")),
        (10**20, 1e20, Decimal(10**20)),
        ({1: "a", 2: "b"}, {2.0: "b", True: "a"}),
        ({1, 2}, frozenset([2, 1])),
        (range(0), range(3, 3)),
        (range(1, 2, 5), range(1, 2)),
        (range(-(10**20), 10**20, 3), range(-(10**20), 10**20 - 1, 3)),
        (b"a", bytearray(b"a")),
        ([1, (2,)], [True, (2.0,)]),
    ],
)
def test_equal_values_have_one_spelling(equal: tuple[Any, ...]) -> None:
    assert all(each == equal[0] for each in equal)
    assert len({canonical(each, LIMIT) for each in equal}) == 1


def test_other_values_have_other_spellings() -> None:
    values = [
        [],
        (),
        {},
        set(),
        "",
        b"",
        None,
        0,
        "0",
        [0],
        (0,),
        {0},
        {0: 0},
        0.1,
        1e300,
        1j,
        deque(),
        range(0),
    ]
    assert len({canonical(each, LIMIT) for each in values}) == len(values)


@pytest.mark.parametrize(
    ("value", "arrives"),
    [
        (IntEnum("Colour", "RED")["RED"], 1),
        (namedtuple("Point", "x y")(1, 2), (1, 2)),
        (Counter("aab"), {"a": 2, "b": 1}),
        (defaultdict(list, {1: [2]}), {1: [2]}),
        (OrderedDict(a=1), {"a": 1}),
        (deque([1], maxlen=3), deque([1])),
    ],
)
def test_a_subclass_arrives_as_the_plain_value_under_it(value: Any, arrives: Any) -> None:
    assert same(through(value), arrives)


def test_a_subclass_cannot_say_what_arrives() -> None:
    class Liar(int):
        def __eq__(self, other: object) -> bool:
            return True

        def __index__(self) -> int:
            return 7

        def bit_length(self) -> int:
            return 99

        def to_bytes(self, *_: Any, **__: Any) -> bytes:  # type: ignore[override]
            return b"\x07"

    assert same(through(Liar(3)), 3)


def test_what_is_too_large_or_too_deep_is_refused() -> None:
    deep: list[Any] = []
    for _ in range(1000):
        deep = [deep]
    circle: list[Any] = []
    circle.append(circle)
    for value in (deep, circle, "x" * (LIMIT + 1), [0] * LIMIT, 1 << (8 * LIMIT + 8)):
        with pytest.raises(WireError):
            encode(value, refuse, LIMIT)
    with pytest.raises(WireError):
        decode(b"l\x00\x00\x00\x01" * 1000 + b"N", refuse_handle)
    with pytest.raises(WireError):
        decode(b"l\xff\xff\xff\xff", refuse_handle)


def test_a_message_that_claims_to_be_huge_is_refused_before_it_is_read() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"\xff\xff\xff\xff")
    with pytest.raises(TooLong):
        receive(reading, LIMIT)
    send(writing, b"a message")
    assert receive(reading, LIMIT) == b"a message"
    os.close(writing)
    assert receive(reading, LIMIT) is None
    os.close(reading)


def test_dates_and_numbers_out_of_range_are_refused() -> None:
    for value in (
        date(2024, 2, 29),
        datetime(2024, 2, 29, 1, 2, 3, 4),
        time(1, 2),
        timedelta(5),
        Fraction(1, 3),
    ):
        assert same(through(value), value)
    assert through(Decimal("1.10")) == Decimal("1.10")
    with pytest.raises(WireError):
        decode(b"y" + encode([2023, 2, 29], refuse, LIMIT)[1:], refuse_handle)
    with pytest.raises(WireError):
        decode(b"Q" + encode([1, 0], refuse, LIMIT)[1:], refuse_handle)
