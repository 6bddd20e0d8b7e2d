"""The quick evaluation of plain expressions, against values worked out otherwise."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lbt.grading.domains.math.equality import equal_quickly
from lbt.grading.domains.math.evaluation import evaluate

VALUES = [
    ("2+3*4", 14), (r"2\cdot3-4", 2), (r"\frac{3}{4}", Fraction(3, 4)), (r"2\frac{3}{4}", Fraction(11, 4)),
    (r"-2\frac{3}{4}", Fraction(-11, 4)), ("2^{10}", 1024), ("2^{-1}", Fraction(1, 2)), ("-3^2", -9),
    ("(-3)^2", 9),
    ("5!", 120), (r"\sqrt{16}", 4), (r"\sqrt{\frac{9}{4}}", Fraction(3, 2)), (r"(2+3)(4-1)", 15),
    ("12/3/2", 2),
    (r"63\times62\times61", 238266), (r"\frac{13^{22}-13^{21}}{13^{21}-13^{20}}", 13),
    ("0.5+.25", Fraction(3, 4)),
]  # fmt: skip
FLOATS = [
    (r"4\pi", 4 * math.pi), (r"2\sqrt{5}", 2 * math.sqrt(5)), (r"\sqrt[3]{2}", 2 ** (1 / 3)),
    (r"\frac{\pi}{2}", math.pi / 2), (r"\sin(\pi)", 0.0), (r"10\sqrt{2}+1", 10 * math.sqrt(2) + 1),
]  # fmt: skip
UNCLEAR = [
    "", "1/0", r"\sqrt{-1}", "1/2x", "f(x)", "e^2", "2i(1+i)", "x_1", r"\sin2x", "2^3^2", "3 4", r"\log2",
    "(1,2)", "x=5",
    "1" + "+1" * 200, "(" * 60 + "1" + ")" * 60, "((9!)!)!", "9^{9^{9}}", "0^0", r"\infty", "1+", "2)",
]  # fmt: skip
EQUAL = [
    ("7x(x-1)(x-2)", "7x(x^2-3x+2)"),
    ("x^2-1", "(x-1)(x+1)"),
    ("2+3i", "3i+2"),
    (r"\sqrt{20}", r"2\sqrt{5}"),
]
UNEQUAL = [
    ("2d", "2"),
    ("x^2", "x^3"),
    ("a+b", "a-b"),
    ("2+3i", "2-3i"),
    ("2^{100}", "2^{100}+1"),
    ("x", "y"),
]


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_rational_arithmetic_is_exact(text: str, value: Fraction) -> None:
    found = evaluate(text)
    assert found is not None
    assert found.exact
    assert found.value == value


@pytest.mark.parametrize(("text", "value"), FLOATS)
def test_roots_and_pi_have_their_values(text: str, value: float) -> None:
    found = evaluate(text)
    assert found is not None
    assert float(found.value) == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize("text", UNCLEAR)
def test_what_is_not_understood_has_no_value(text: str) -> None:
    assert evaluate(text) is None


def test_expressions_are_compared_by_their_values() -> None:
    assert [equal_quickly(*pair) for pair in EQUAL] == [True] * len(EQUAL)
    assert [equal_quickly(*pair) for pair in UNEQUAL] == [False] * len(UNEQUAL)


SMALL = st.integers(-9, 9)


@hypothesis_settings(deadline=None, max_examples=200)
@given(SMALL, SMALL, SMALL)
def test_a_product_equals_what_it_expands_to_and_no_neighbour(a: int, b: int, c: int) -> None:
    product = f"(x+{a})(x+{b})".replace("+-", "-")
    expanded = f"x^2+{a + b}x+{a * b + c}".replace("+-", "-")
    assert equal_quickly(product, expanded) is (c == 0)
