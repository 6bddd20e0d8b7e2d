"""Whether two tidy answers (`forms.tidy`) are equal: cheaply where that is certain, else slowly.

The slow way is Math-Verify. Its own time limit works by signals and only in a main thread, so it is off; the
slow way belongs into a worker process that can be killed (`comparison`).
"""

import re
from fractions import Fraction
from functools import lru_cache
from typing import Any

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
_PERCENT = r"\%"
_WORDS = re.compile(r"\\text\{[^{}]*\}")
_LABEL = re.compile(
    r"(?:m?\\angle\s?[A-Z]{1,3}|\\[a-z]+(?:_\w)?|\\text\{[^{}]*\}|\\overline\{[A-Z]+\}|\|?[A-Z]{2,3}\|?|[A-Za-z](?:'|_\w)?"
    r"|[A-Za-z]\([^()=]*\)|\([a-z](?:,[a-z])+\))(?:=|\\equiv\s?)(?=[^=]+\Z)"
)
_FUNCTION = re.compile(r"[a-zA-Z]\([a-z]\)=")
_COORDINATES = re.compile(r"[a-zA-Z]=[^=,]+(?:,[a-zA-Z]=[^=,]+)+")
_OPTION = re.compile(r"\(?([A-Z])\)?(?:[.)].*)?", re.DOTALL)
_NUMBERS = re.compile(r"(?:\\\{|[(\[])?[-0-9./]+(?:,[-0-9./]+)+(?:\\\}|[)\]])?")


def equal_pair(pair: list[str]) -> bool:
    """What a worker process does with a gold answer and an answer."""
    return equal_slowly(*pair)


def warm_up() -> None:
    """Import what is slow to import, and let the parser build its tables."""
    equal_slowly(r"\frac{1}{2}x^2+\sqrt{3}", r"\{(1,2],\begin{pmatrix}1\\2\end{pmatrix}\}")


def equal_quickly(gold: str, answer: str) -> bool | None:
    """Whether the answers are equal, or None if only the slow way can say.

    Equal texts are equal. Numbers are compared exactly, and to six decimals where one is written as a
    decimal; zero equals only zero. "x=5" is 5, but not "y=5"; so for other names of a value, if one of the two
    has none. "50\\%" is 50, as units are not compared, and also 0.5. Lists and tuples of numbers are compared
    number by number.
    """
    gold, answer = _without_names(gold, answer)
    bare_gold, bare_answer = gold.removesuffix(_PERCENT), answer.removesuffix(_PERCENT)
    if bare_gold == bare_answer:
        return True
    one, other = _NUMBER.fullmatch(bare_gold), _NUMBER.fullmatch(bare_answer)
    if one is None or other is None:
        return _of_other_kinds(bare_gold, bare_answer, one or other)
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


def _without_names(gold: str, answer: str) -> tuple[str, str]:
    """Both without the name of the value ("\\angle ABC=", "f(x)="), if one has none, or f(x) and y."""
    one, other = _LABEL.match(gold), _LABEL.match(answer)
    if one and not other and "=" not in answer:
        return gold[one.end() :], answer
    if other and not one and "=" not in gold:
        return gold, answer[other.end() :]
    if one and other and {bool(_FUNCTION.match(one[0])), bool(_FUNCTION.match(other[0]))} == {True, False}:
        return gold[one.end() :], answer[other.end() :]
    if _COORDINATES.fullmatch(gold) and "=" not in answer:
        return _as_tuple(gold), _as_tuple(answer)
    if _COORDINATES.fullmatch(answer) and "=" not in gold:
        return _as_tuple(gold), _as_tuple(answer)
    return gold, answer


def _as_tuple(text: str) -> str:
    return f"({re.sub(r'[a-zA-Z]=', '', text).strip('()')})"


def _of_other_kinds(gold: str, answer: str, number: re.Match[str] | None) -> bool | None:
    """As `equal_quickly` for answers that are not both numbers."""
    one, other = _OPTION.fullmatch(gold), _OPTION.fullmatch(answer)
    if one and other and (one[0] == one[1] or other[0] == other[1]):
        return one[1] == other[1]
    if number is not None:
        rest = answer if number.string == gold else gold
        return False if _WORDS.fullmatch(rest) or _NUMBERS.fullmatch(rest) else None
    if _NUMBERS.fullmatch(gold) and _NUMBERS.fullmatch(answer):
        return _lists_equal(gold, answer)
    return None


def _lists_equal(gold: str, answer: str) -> bool | None:
    """Whether two lists of numbers are equal; None where the brackets leave it to the slow way."""
    if _brackets(gold) != _brackets(answer):
        return None
    one, other = ([_NUMBER.fullmatch(part) for part in _inner(text).split(",")] for text in (gold, answer))
    if len(one) != len(other):
        return None
    values = [(_value(a) if a else None, _value(b) if b else None) for a, b in zip(one, other, strict=True)]
    if any(a is None or b is None for a, b in values):
        return None
    exact = "." not in gold + answer
    if not _brackets(gold).startswith(("(", "[")):
        firsts, seconds = (sorted(side) for side in zip(*values, strict=True))
        if len(set(firsts)) < len(firsts) or len(set(seconds)) < len(seconds):
            return None
        values = list(zip(firsts, seconds, strict=True))
    return all(_same(a, b, exact) for a, b in values if a is not None and b is not None)


def _brackets(text: str) -> str:
    return "".join(part for part in (r"\{", "(", "[", ")", "]", r"\}") if part in text)


def _inner(text: str) -> str:
    return text.removeprefix(r"\{").removesuffix(r"\}").strip("()[]")


def equal_slowly(gold: str, answer: str) -> bool:
    """Whether Math-Verify finds the answer equal to the gold answer, which takes milliseconds or forever.

    What Math-Verify cannot read equals only the same text. An unordered answer, as "1 or 2", does not pass
    for the ordered "(1,2)".

    Raises:
        Exception: Of any kind, if the comparison breaks down.
    """
    bare_gold, bare_answer = gold.removesuffix(_PERCENT), answer.removesuffix(_PERCENT)
    one_is_percentage = (gold != bare_gold) != (answer != bare_answer)
    return _verified(bare_gold, bare_answer) or (one_is_percentage and _verified(gold, answer))


def _verified(gold: str, answer: str) -> bool:
    from math_verify import verify  # type: ignore[import-untyped]

    if gold.startswith(("(", "[")) and answer.startswith(r"\{"):
        return False
    one, other = _parsed(gold), _parsed(answer)
    if one is None or other is None:
        return gold == answer
    one, other = _with_imaginary_unit(one, other)
    if _differ_at_a_point(one, other):
        return False
    return bool(verify(one, other, allow_set_relation_comp=True, timeout_seconds=None, raise_on_error=True))


@lru_cache(maxsize=4096)
def _parsed(answer: str) -> Any:
    """The SymPy object; None if Math-Verify's parser does not understand the notation."""
    from latex2sympy2_extended.latex2sympy2 import (  # type: ignore[import-untyped]
        NormalizationConfig,
        normalize_latex,
    )
    from math_verify.parser import parse_latex_cached  # type: ignore[import-untyped]

    # Units are gone already, and its rule for them would take the variable of "15d" for one.
    normalization = NormalizationConfig(
        basic_latex=True, units=False, malformed_operators=True, nits=True, boxed="none"
    )
    try:
        return parse_latex_cached(normalize_latex(answer, normalization))
    except (RecursionError, MemoryError):
        raise
    except Exception:  # its parser reports what it does not understand as a bare Exception
        return None


def _with_imaginary_unit(one: Any, other: Any) -> tuple[Any, Any]:
    """Both with i as the imaginary unit, if it is the only letter."""
    from sympy import Expr, I  # type: ignore[import-untyped]

    if isinstance(one, Expr) and isinstance(other, Expr):
        letters = one.free_symbols | other.free_symbols
        if {letter.name for letter in letters} == {"i"}:
            return tuple(side.xreplace(dict.fromkeys(letters, I)) for side in (one, other))
    return one, other


def _differ_at_a_point(one: Any, other: Any) -> bool:
    """Whether two expressions are far apart where their variables have some positive values.

    Most wrong answers are, and to see it takes a hundredth of the time in which Math-Verify simplifies the
    difference.
    """
    from sympy import Expr, Float

    if not (isinstance(one, Expr) and isinstance(other, Expr)):
        return False
    variables = sorted(one.free_symbols | other.free_symbols, key=str)
    point = {variable: Float(0.7137 + 0.2711 * number) for number, variable in enumerate(variables)}
    try:
        first, second = (complex(expression.evalf(subs=point)) for expression in (one, other))
    except (TypeError, ValueError, ArithmeticError):  # no number: an unknown function, a sum without an end
        return False
    return abs(first - second) > max(_FAR_APART * (abs(first) + abs(second)), _ROUNDING)


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
