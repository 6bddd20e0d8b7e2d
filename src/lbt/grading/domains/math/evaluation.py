"""The value of a plain expression, in microseconds where Math-Verify's parser takes milliseconds.

Arithmetic is exact as long as it can be. What is not understood with certainty has no value, and is left to
Math-Verify.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from zlib import crc32

Value = Fraction | float
_TOKEN = re.compile(r"\d+(?:\.\d+)?|\.\d+|\\[A-Za-z]+ ?|[a-zA-Z]|[-+*/^!(){}\[\]]")
_VARIABLES = {
    f"\\{name}"
    for name in (
        "alpha",
        "beta",
        "gamma",
        "delta",
        "theta",
        "phi",
        "varphi",
        "lambda",
        "mu",
        "omega",
        "sigma",
    )
}
# e, i and the names of functions mean different things to different readers.
_AMBIGUOUS = frozenset("eiIEfghF")
_FUNCTIONS: dict[str, Callable[[float], float]] = {
    "\\sin": math.sin, "\\cos": math.cos, "\\tan": math.tan, "\\ln": math.log, "\\exp": math.exp,
}  # fmt: skip
_TIMES = ("*", "\\cdot", "\\times")
_MAXIMUM_BITS = 20_000
_MAXIMUM_FACTORIAL = 300
_MAXIMUM_LENGTH = 300
_MAXIMUM_DEPTH = 40


class _Unclear(Exception):
    """The expression is not understood with certainty."""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """An expression's value where its variables have some positive values."""

    value: Value
    variables: frozenset[str]

    @property
    def exact(self) -> bool:
        """Whether no root, pi or function was taken."""
        return isinstance(self.value, Fraction)


@lru_cache(maxsize=16384)
def evaluate(text: str, point: int = 0) -> Evaluated | None:
    """The value of a tidy answer; None if it is not understood.

    Args:
        text: The answer.
        point: Which of several sets of values the variables have.
    """
    if len(text) > _MAXIMUM_LENGTH and not text.isdigit():
        return None
    try:
        tokens = _tokens(text)
        reader = _Reader(tokens, point, linear_in_i=_is_linear_in_i(tokens))
        value = reader.sum()
        reader.end()
    except (_Unclear, ArithmeticError, ValueError):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return Evaluated(value, frozenset(reader.variables))


def _tokens(text: str) -> list[str]:
    tokens, place = [], 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise _Unclear
        tokens.append(found[0].rstrip())
        place = found.end()
    return tokens


def _is_linear_in_i(tokens: list[str]) -> bool:
    """Whether this is a sum in which i stands once, at the end of a term: 2+3i.

    Then it equals another such sum if it does for any number i.
    """
    if tokens.count("i") != 1:
        return False
    place = tokens.index("i")
    before = tokens[:place]
    outermost = all(before.count(one) == before.count(other) for one, other in ("()", "{}"))
    return outermost and (place + 1 == len(tokens) or tokens[place + 1] in ("+", "-"))


def _value_of(variable: str, point: int) -> Fraction:
    """The same in every expression, positive, and of no special relation to another's."""
    return Fraction(5003 + crc32(f"{variable} {point}".encode()) % 9973, 10_007)


@dataclass
class _Reader:
    """Reads tokens from left to right; every method reads one part of an expression and returns its value."""

    tokens: list[str]
    point: int
    linear_in_i: bool = False
    place: int = 0
    depth: int = 0
    variables: set[str] = field(default_factory=set)

    def sum(self) -> Value:
        self.depth += 1
        if self.depth > _MAXIMUM_DEPTH:
            raise _Unclear
        total = self.product()
        while self.next() in ("+", "-"):
            total = total + self.product() if self.take() == "+" else total - self.product()
        self.depth -= 1
        return total

    def product(self) -> Value:
        negative = False
        while self.next() in ("-", "+"):
            negative ^= self.take() == "-"
        value = self.power()
        divided = False
        while True:
            token = self.next()
            if token in _TIMES:
                self.take()
                value = value * self.signed_power()
            elif token in ("/", "\\div"):
                self.take()
                value = _divided(value, self.signed_power())
                divided = True
            elif token is None or token in ("+", "-", ")", "}", "]", "!", "^"):
                return -value if negative else value
            elif divided:
                raise _Unclear  # 1/2x
            elif self.tokens[self.place - 1].isdigit() and self.is_number_fraction():
                if self.place > 1 and self.tokens[self.place - 2] not in ("-", "+", "(", "{"):
                    raise _Unclear
                value = value + self.base()  # 2 3/4
            elif token[0].isdigit() or token[0] == ".":
                raise _Unclear  # a digit after something that is multiplied without a sign
            else:
                value = value * self.power()

    def signed_power(self) -> Value:
        if self.next() == "-":
            self.take()
            return -self.power()
        return self.power()

    def power(self) -> Value:
        value = self.base()
        while self.next() == "!":
            self.take()
            value = _factorial(value)
        if self.next() == "^":
            self.take()
            value = _raised(value, self.group() if self.next() == "{" else self.base())
            if self.next() in ("^", "!"):
                raise _Unclear
        return value

    def base(self) -> Value:
        token = self.take()
        if token[0].isdigit() or token[0] == ".":
            return Fraction(token)
        if token in ("(", "{"):
            return self.rest_of_group(")" if token == "(" else "}")
        if token == "\\frac":
            above = self.group()
            return _divided(above, self.group())
        if token == "\\sqrt":
            return self.root()
        if token == "\\pi":
            return math.pi
        if token in _FUNCTIONS:
            return self.function(_FUNCTIONS[token])
        if token == "i" and self.linear_in_i:
            self.variables.add(token)
            return _value_of(token, self.point)
        if token in _VARIABLES or (len(token) == 1 and token.isalpha() and token not in _AMBIGUOUS):
            self.variables.add(token)
            return _value_of(token, self.point)
        raise _Unclear

    def root(self) -> Value:
        degree: Value = Fraction(2)
        if self.next() == "[":
            self.take()
            degree = self.rest_of_group("]")
        value = self.group()
        if value < 0:
            raise _Unclear
        return _raised(value, _divided(Fraction(1), degree))

    def function(self, apply: Callable[[float], float]) -> Value:
        exponent: Value = Fraction(1)
        if self.next() == "^":
            self.take()
            exponent = self.group() if self.next() == "{" else self.base()
            if exponent < 1:
                raise _Unclear  # the inverse function
        bare = self.next() not in ("(", "{")
        value = apply(float(self.base()))
        if bare and (self.next() or "+")[0] not in "+-)}\\*/":
            raise _Unclear  # \sin 2x
        return _raised(value, exponent)

    def group(self) -> Value:
        if self.take() != "{":
            raise _Unclear
        return self.rest_of_group("}")

    def rest_of_group(self, closing: str) -> Value:
        value = self.sum()
        if self.take() != closing:
            raise _Unclear
        return value

    def is_number_fraction(self) -> bool:
        some = self.tokens[self.place : self.place + 7]
        return len(some) == 7 and some[0] == "\\frac" and some[2].isdigit() and some[5].isdigit()

    def next(self) -> str | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def take(self) -> str:
        if self.place >= len(self.tokens):
            raise _Unclear
        self.place += 1
        return self.tokens[self.place - 1]

    def end(self) -> None:
        if self.place < len(self.tokens):
            raise _Unclear


def _divided(above: Value, below: Value) -> Value:
    if below == 0:
        raise _Unclear
    return above / below


def _factorial(value: Value) -> Value:
    if not isinstance(value, Fraction) or value.denominator != 1 or not 0 <= value <= _MAXIMUM_FACTORIAL:
        raise _Unclear
    return Fraction(math.factorial(int(value)))


def _raised(base: Value, exponent: Value) -> Value:
    if isinstance(base, Fraction) and isinstance(exponent, Fraction):
        if exponent.denominator == 1:
            bits = max(base.numerator.bit_length(), base.denominator.bit_length())
            if abs(int(exponent)) * bits > _MAXIMUM_BITS or (base == 0 and exponent <= 0):
                raise _Unclear
            return base ** int(exponent)
        if exact := _exact_root(base, exponent):
            return exact
    if base < 0 or (base == 0 and exponent <= 0):
        raise _Unclear
    return float(base) ** float(exponent)


def _exact_root(base: Fraction, exponent: Fraction) -> Fraction | None:
    """A square root that is rational."""
    if exponent.denominator != 2 or base <= 0:
        return None
    above, below = math.isqrt(base.numerator), math.isqrt(base.denominator)
    if above * above != base.numerator or below * below != base.denominator or abs(exponent.numerator) > 99:
        return None
    return Fraction(above, below) ** exponent.numerator
