"""Answers that are a number, read exactly as it is written."""

import re
from collections.abc import Iterator
from fractions import Fraction

from lbt.grading.domains.marks import (
    Statement,
    marked_statements,
    own_words,
    states_otherwise,
    without_calculations,
)
from lbt.grading.domains.plain import PlainDomain
from lbt.grading.domains.prose import last_number, with_plain_digits

# int() refuses more than 4,300 digits and slows down long before; no problem has an answer of that length.
MAXIMUM_LENGTH = 1000
MAXIMUM_EXPONENT = 1000

_SIMPLE = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+"
_NUMBER = re.compile(
    r"(?P<sign>[-+]?)\s*(?:[$€£¥]\s*(?P<inner>[-+]?)\s*)?"
    rf"(?:(?P<whole>[0-9]+)\s+(?=[0-9]+\s*/))?(?P<number>{_SIMPLE})(?:[eE](?P<exponent>[-+]?[0-9]{{1,4}}))?"
    r"(?:\s*/\s*(?P<denominator>[0-9]+))?"
    r"(?P<unit>(?![0-9.,/²³])[^0-9]*)"
)
_WORD = r"[^\W\d_]+(?:-[^\W\d_]+)*"
_UNIT = re.compile(rf"(?:{_WORD})?(?:[\s/'’°%²³$€£¥.]+(?:{_WORD})?)*")
_FRACTION = re.compile(r"\\[dt]?frac\s*\{\s*([0-9]+)\s*\}\s*\{\s*([0-9]+)\s*\}")
_WRAPPED_TEXT = re.compile(r"\\(?:text|mathrm|mbox)\s*\{([^{}]*)\}")
_NAME = re.compile(r"\A[A-Za-z]\s*=\s*")
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
# After these a number is only part of what is said: "2 and a half", "3 or 4", "5 times as many as x".
_NO_UNIT = frozenset(
    [
        "and",
        "or",
        "to",
        "plus",
        "minus",
        "times",
        "over",
        "point",
        "half",
        "x",
        "divided",
        "remainder",
        "pi",
        "π",
    ]
)


class NumberDomain(PlainDomain):
    """A number, with a unit perhaps, which is not compared."""

    name = "number"
    rules = 3

    def statements(self, text: str) -> Iterator[Statement]:
        """The marked ones; if flexible, also the last number of the last sentence that has one."""
        blocked = False
        for statement in marked_statements(text):
            yield statement
            blocked = blocked or states_otherwise(statement)
        if self.settings.extraction == "flexible" and not blocked:
            number = last_number(
                own_words(without_calculations(text)), lambda piece: read_number(piece) is not None
            )
            if number is not None:
                yield Statement("last sentence", number, closed=False)

    def canonical(self, answer: str) -> str | None:
        """The value: "1210" for "$1,210.00", "3/4" for "0.75"."""
        value = read_number(answer)
        return None if value is None else str(value)

    def gold_fault(self, gold: str) -> str | None:
        """As the protocol says, with a hint at other domains."""
        fault = super().gold_fault(gold)
        return None if fault is None else f"{fault}; for answers in words set domain: text"


def read_number(text: str) -> Fraction | None:
    """The number that `text` states, or None.

    Reads signs, currencies, thousands commas, decimals, fractions, mixed numbers ("1 1/2"), powers of ten
    ("2e-5"), "3 million", and a unit after the number ("18 dollars", "12 %"), which is not compared. Anything
    else, and anything of more than a thousand characters, is not a number.
    """
    if len(text) > MAXIMUM_LENGTH:
        return None
    found = _NUMBER.fullmatch(_plain(text))
    if found is None:
        return None
    scale = _scale(found["unit"])
    if scale is None or (found["sign"] and found["inner"]):
        return None
    value = _value(found)
    if value is None:
        return None
    return value * scale * (-1 if "-" in (found["sign"], found["inner"]) else 1)


def _plain(text: str) -> str:
    """Without LaTeX and Markdown around the number."""
    text = with_plain_digits(text).replace("{,}", ",").replace("\\$", "$").replace("\\%", "%")
    text = re.sub(r"\\[!,;: ]|\\[()\[\]]|\^\{?\\circ\}?|\*\*|`", "", text)
    text = _WRAPPED_TEXT.sub(r" \1", text)
    text = _FRACTION.sub(r" \1/\2", text).strip()
    if text.startswith("$") and text.endswith("$"):
        text = text[1:-1].strip()
    text = text.rstrip(" .,;:!?")
    if text[:1] + text[-1:] in ("()", "[]"):
        text = text[1:-1].strip()
    return _NAME.sub("", text, count=1)


def _value(found: re.Match[str]) -> Fraction | None:
    exponent = int(found["exponent"] or 0)
    if abs(exponent) > MAXIMUM_EXPONENT:
        return None
    value = Fraction(found["number"].replace(",", "")) * Fraction(10) ** exponent
    if found["denominator"] is not None:
        denominator = int(found["denominator"])
        if denominator == 0:
            return None
        value /= denominator
    return value + int(found["whole"] or 0)


def _scale(unit: str) -> int | None:
    """What the words after a number multiply it by; None if they are not a unit."""
    if not _UNIT.fullmatch(unit):
        return None
    words = re.findall(r"[^\W\d_]+", unit.casefold())
    if _NO_UNIT.intersection(words):
        return None
    return _SCALES.get(words[0], 1) if words else 1
