"""The last formula or number of a text without a marked answer."""

import re

from lbt.grading.domains.marks import PROSE
from lbt.grading.domains.number import read_number
from lbt.grading.domains.prose import (
    is_denied,
    is_doubtful,
    last_number,
    sentences_backwards,
    without_labels,
)

_TEXT_LOOKED_AT = 4000
_FORMULA = re.compile(
    r"\$\$(?P<dollars>.+?)\$\$|\\\[(?P<square>.+?)\\\]|\\\((?P<round>[^\n]+?)\\\)|(?<!\\)\$(?P<dollar>(?:[^$\n\\]|\\.)+)\$"
    r"|\\begin\{(?P<name>align|equation|gather|eqnarray)\*?\}(?P<environment>.+?)\\end\{(?P=name)\*?\}",
    re.DOTALL,
)
_PLACES = "\ue000-\uf8ff"
_FIRST_PLACE = 0xE000
_MOST_PLACES = 0x1800
_PLACE = re.compile(f"[{_PLACES}]")
_STATED = re.compile(rf"[{_PLACES}]|\d")
_JOINED = re.compile(
    rf"[{_PLACES}](?:\s*(?:,?\s*\b(?:and|or)\b|[,;])\s*[{_PLACES}])*(?=[^{_PLACES}]*\Z)", re.IGNORECASE
)
_COMMAND = re.compile(r"\\(?:text|mbox|mathrm|textbf)\s*\{[^{}]*\}|\\[A-Za-z]+")
# What the formula after these words says is no answer, or only one of several.
_BOUND_BEFORE = re.compile(
    r"(?:\b(?:modulo|mod|where|when|if|for|of|by|function of)|\d\S*[\s,]*\b(?:or|and)|\d\s*,|[-+*/^=])\s*$",
    re.IGNORECASE,
)
_OPERATOR_AFTER = re.compile(r"\s*(?:[-+*/^=<>]|\\(?:times|cdot)|times\b|plus\b|minus\b)")


def stated_in_prose(text: str) -> str | None:
    """What the last sentence with a formula or a number states; several formulas are one list.

    None if that sentence asks, denies or doubts, or if what it states is part of something larger.
    """
    masked, formulas = _masked(text[-_TEXT_LOOKED_AT:])
    for sentence in sentences_backwards(masked):
        plain = without_labels(sentence)
        stated = _STATED.findall(plain)
        if not stated:
            continue
        if stated[-1].isdigit():
            return _number(plain, formulas)
        return None if is_doubtful(plain) else _formulas(plain, formulas)
    return None


def _masked(text: str) -> tuple[str, list[str]]:
    """The text with one character in place of each formula, so that no formula is split."""
    formulas: list[str] = []

    def place(found: re.Match[str]) -> str:
        content = next(part for name, part in found.groupdict().items() if part and name != "name")
        if PROSE.search(_COMMAND.sub(" ", content)) or len(formulas) >= _MOST_PLACES:
            return found[0]  # two prices, not a formula between them
        formulas.append(content)
        return chr(_FIRST_PLACE + len(formulas) - 1)

    return _FORMULA.sub(place, _PLACE.sub(" ", text)), formulas


def _formulas(sentence: str, formulas: list[str]) -> str | None:
    found = _JOINED.search(sentence)
    if found is None:
        return None
    before, after = sentence[: found.start()], sentence[found.end() :]
    if is_denied(before) or _BOUND_BEFORE.search(before) or _OPERATOR_AFTER.match(after):
        return None
    return _PLACE.sub(lambda place: _last_row(formulas[ord(place[0]) - _FIRST_PLACE]), found[0])


def _last_row(formula: str) -> str:
    """The end of an aligned calculation; a matrix stays whole."""
    if "\\begin" in formula or "&" not in formula:
        return formula.strip()
    rows = [row for row in re.split(r"\\\\", formula) if row.strip()]
    return rows[-1].replace("&", "").strip() if rows else formula


def _number(sentence: str, formulas: list[str]) -> str | None:
    shown = _PLACE.sub(lambda place: "".join(formulas[ord(place[0]) - _FIRST_PLACE].split()), sentence)
    number = last_number(shown, lambda piece: read_number(piece) is not None)
    if number is None:
        return None
    value = read_number(number)
    return number if number.endswith("%") or value is None else str(value)
