"""Whether two tidy answers (`forms.tidy`) are equal, where that is certain at a glance."""

import math
import re
from fractions import Fraction

from lbt.grading.domains.math.evaluation import Value, evaluate
from lbt.grading.domains.math.names import LABEL, without_names

DECIMALS = 6
"""Decimals to which an answer written as a decimal has to agree, which is Math-Verify's rule."""
_NUMBER = re.compile(
    r"(?P<name>[A-Za-z]=)?(?P<sign>[-+]?)"
    r"(?:(?P<decimal>[0-9]*\.[0-9]+|[0-9]+)(?:/(?P<below>[0-9]+))?"
    r"|\\frac\{(?P<over>-?[0-9]+)\}\{(?P<under>[0-9]+)\})"
)
_FAR_APART = 1e-3
"""Relative difference that no rounding explains."""
_ROUNDING = 1e-9
PERCENT = r"\%"
"""At the end of a tidy answer."""
_WORDS = re.compile(r"\\text\{[^{}]*\}")
_MATRIX = re.compile(r"\(?\\begin\{pmatrix\}(.*)\\end\{pmatrix\}\)?", re.DOTALL)
_BRACKETS = re.compile(r"[()\[\]]|\\[{}]")
_SHORT = 60
_INTERVAL = re.compile(r"[(\[][^()\[\]]+,[^()\[\]]+[)\]]")
_SAFE_FOR_DECIMALS = 1e5  # a float has ten correct decimals below this
_ALL_DIGITS = 1e-13
_NO_VALUE = re.compile(
    r"\A\d+:\d+\Z|\\(?:in|cup|cap|begin\{cases\})(?![a-z])|\\\{.*,.*\\\}|\\pm(?![a-z])|\A[fghP]\([^()]*\)\Z"
)
_OPTION = re.compile(r"\(?([A-Z])\)?(?:[.)].*)?", re.DOTALL)
_NUMBERS = re.compile(r"(?:\\\{|[(\[])?[-0-9./]+(?:,[-0-9./]+)+(?:\\\}|[)\]])?")


def equal_quickly(gold: str, answer: str) -> bool | None:
    """Whether the answers are equal, or None if only Math-Verify can say.

    Equal texts are equal. Numbers are compared exactly, and to six decimals where one is written as a
    decimal; zero equals only zero. "x=5" is 5, but not "y=5"; so for other names of a value, if one of the
    two has none. "50\\%" is 50, as units are not compared, and also 0.5. Lists and tuples are compared part
    by part, and expressions by their values.
    """
    gold, answer = without_names(gold, answer)
    bare_gold, bare_answer = gold.removesuffix(PERCENT), answer.removesuffix(PERCENT)
    if bare_gold == bare_answer:
        return True
    one, other = _NUMBER.fullmatch(bare_gold), _NUMBER.fullmatch(bare_answer)
    if one is None or other is None:
        equal = _of_other_kinds(bare_gold, bare_answer, one or other)
        return equal or (equal if (gold != bare_gold) == (answer != bare_answer) else None)
    if one["name"] and other["name"]:
        return None
    first, second = _value(one), _value(other)
    if first is None or second is None:
        return None
    exact = "." not in gold + answer
    if (gold != bare_gold) == (answer != bare_answer):
        return _same(first, second, exact)
    share = (first / 100, second) if gold != bare_gold else (first, second / 100)
    return _same(first, second, exact) or _same(*share, exact)


def _of_other_kinds(gold: str, answer: str, number: re.Match[str] | None) -> bool | None:
    """As `equal_quickly` for answers that are not both numbers."""
    one, other = _OPTION.fullmatch(gold), _OPTION.fullmatch(answer)
    if one and other and (one[0] == one[1] or other[0] == other[1]):
        return one[1] == other[1]
    if number is not None:
        rest = answer if number.string == gold else gold
        if _WORDS.fullmatch(rest) or _NUMBERS.fullmatch(rest) or rest.startswith(r"\begin{"):
            return False
    if _NUMBERS.fullmatch(gold) and _NUMBERS.fullmatch(answer):
        return _lists_equal(gold, answer)
    if _is_of_another_kind(gold, answer) or _is_of_another_kind(answer, gold):
        return False
    parts = _equal_in_parts(gold, answer)
    return _equal_in_value(gold, answer) if parts is None else parts


def _is_of_another_kind(one: str, other: str) -> bool:
    """Whether one is a value or a tuple of values, and the other an equation of expressions or words.

    Beside a value, this is also said of a ratio, a set, an interval, and several answers.
    """
    value, parts = evaluate(one) is not None, _ordered_parts(one)
    if not value and (parts is None or any(evaluate(part) is None for part in parts[1:])):
        return False
    if "=" in other and "," not in other:
        return LABEL.match(other) is None
    if value and _INTERVAL.fullmatch(other):
        return True
    return _WORDS.fullmatch(other) is not None or (value and _NO_VALUE.search(other) is not None)


def _equal_in_parts(gold: str, answer: str) -> bool | None:
    """As `equal_quickly` for two tuples, intervals or matrices, part by part."""
    one, other = _ordered_parts(gold), _ordered_parts(answer)
    if one is None or other is None or one[0] != other[0] or len(one) != len(other):
        return None
    found = [equal_quickly(*pair) for pair in zip(one[1:], other[1:], strict=True)]
    return False if False in found else None if None in found else True


def _ordered_parts(text: str) -> list[str] | None:
    """The form of a tuple, an interval or a matrix, and its parts."""
    if matrix := _MATRIX.fullmatch(text):
        rows = [row.split("&") for row in matrix[1].split(r"\\")]
        return [f"{len(rows)} rows", *(part for row in rows for part in row)]
    if text[:1] in ("(", "[") and text[-1:] in (")", "]"):
        inner = text[1:-1]
        if "," in inner and not _BRACKETS.search(inner):
            return [text[0] + text[-1], *inner.split(",")]
    return None


def _equal_in_value(gold: str, answer: str) -> bool | None:
    """As `equal_quickly` for two expressions, by their values where their variables have some values.

    Values that are far apart are those of unequal expressions. Rational functions that have one value at
    three points are equal, and so are short constants that agree in all digits; other agreement decides
    nothing.
    """
    one, other = evaluate(gold), evaluate(answer)
    if one is None or other is None:
        return None
    decimal, constant = "." in gold + answer, not (one.variables or other.variables)
    if one.exact and other.exact and constant:
        return _same(Fraction(one.value), Fraction(other.value), not decimal)
    if one.exact and other.exact and not decimal:
        return one.value == other.value and all(
            _value_at(gold, point) == _value_at(answer, point) for point in (1, 2)
        )
    first, second = _as_float(one.value), _as_float(other.value)
    if math.isinf(first) or math.isinf(second):
        return None if first == second else False
    if far_apart(first, second):
        return False
    if constant and decimal and abs(first) < _SAFE_FOR_DECIMALS:
        return _same_decimals(first, second)
    short = constant and not decimal and len(gold + answer) <= _SHORT
    return True if short and math.isclose(first, second, rel_tol=_ALL_DIGITS) else None


def _as_float(value: Value) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _same_decimals(first: float, second: float) -> bool | None:
    """Whether two values agree in the decimals that count; None on the edge."""
    difference = abs(first - second)
    return True if difference < _ROUNDING else False if difference > 2 * 10**-DECIMALS else None


def _value_at(text: str, point: int) -> Value | None:
    found = evaluate(text, point)
    return None if found is None else found.value


def far_apart(first: complex, second: complex) -> bool:
    """Whether the difference of two values is more than any rounding."""
    if first == 0 or second == 0:
        return abs(first - second) > _ROUNDING
    return abs(first - second) > _FAR_APART * (abs(first) + abs(second))


def _lists_equal(gold: str, answer: str) -> bool | None:
    """Whether two lists of numbers are equal; None where the brackets leave it open."""
    if _brackets(gold) != _brackets(answer):
        return None
    firsts, seconds = _values_in(gold), _values_in(answer)
    if firsts is None or seconds is None:
        return None
    if not gold.startswith(("(", "[")):
        if len(set(firsts)) < len(firsts) or len(set(seconds)) < len(seconds):
            return None
        firsts, seconds = sorted(firsts), sorted(seconds)
    exact = "." not in gold + answer
    return len(firsts) == len(seconds) and all(
        _same(one, other, exact) for one, other in zip(firsts, seconds, strict=True)
    )


def _values_in(text: str) -> list[Fraction] | None:
    numbers = [_NUMBER.fullmatch(part) for part in _inner(text).split(",")]
    values = [_value(number) for number in numbers if number]
    found = [value for value in values if value is not None]
    return found if len(found) == len(numbers) else None


def _brackets(text: str) -> str:
    return "".join(part for part in (r"\{", "(", "[", ")", "]", r"\}") if part in text)


def _inner(text: str) -> str:
    return text.removeprefix(r"\{").removesuffix(r"\}").strip("()[]")


def _value(number: re.Match[str]) -> Fraction | None:
    over, under = number["over"] or number["decimal"], number["under"] or number["below"]
    if under is not None and int(under) == 0:
        return None
    value = Fraction(over) / int(under or 1)
    return -value if number["sign"] == "-" else value


def _same(first: Fraction, second: Fraction, exact: bool) -> bool:
    if exact:
        return first == second
    return round(first, DECIMALS) == round(second, DECIMALS) and (first == 0) == (second == 0)
