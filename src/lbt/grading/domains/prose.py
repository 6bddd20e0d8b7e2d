"""The last number that a text without a marked answer states."""

import re
from collections.abc import Callable, Iterator

_TEXT_LOOKED_AT = 4000
_SENTENCE = re.compile(r"\n+|(?<![^\S\n]e\.g\.)(?<!vs\.)(?<=[.!?])[*_\"')\]]*\s+(?=\S)")
# Numbers that count, order or name something, and no quantity: "2. Add them", "Step 2", "(2)", "the 4th".
_LABELS = re.compile(
    r"^\W*\(?\d{1,3}[.)](?=\s|$)|\b(?:step|part|case|equation|eq\.|problem|question|example|figure|option|method)"
    r"\s*#?\s*\(?\d+\b|\b\d+(?:st|nd|rd|th)\b",
    re.IGNORECASE,
)
_DOUBT = re.compile(
    r"^\W*(?:or|alternatively|otherwise)\b"
    r"|\b(?:either|maybe|perhaps|possibly|unclear|unknown|unsure|not sure|guess)\b"
    r"|\b(?:could|might|may)\s+(?:also\s+)?be\b",
    re.IGNORECASE,
)
_CHUNK = re.compile(r"\S*\d\S*")
_AROUND = "\"'“”‘’()[]*_`,;:!?<>{}"
_DENIED = re.compile(
    r"(?:\bnot|n['’]t|\bnever|\bcannot|\b(?:more|less|fewer|greater|larger|smaller|bigger|higher|lower|rather|other)"
    r"\s+than)(?:\s+(?:be|equal|to|a|an|just|only))*\W*$",
    re.IGNORECASE,
)
_OPERATOR_BEFORE = re.compile(
    r"(?:[-+*/×÷^·−–]|\\(?:times|cdot|div|frac|sqrt|pm)"
    r"|\b(?:plus|minus|times|multiplied by|divided by|over))\s*[($\\{\[]*$"
)
_OPERATOR_AFTER = re.compile(
    r"\s*(?:[-+*/×÷^=·−<>_]|\\(?!text|\)|\]|[,;!% ]|mathrm|quad|mbox|[$])|[²³π√]|"
    r"(?:plus|minus|over|point|divided|remainder|pi|x|mod)\b|times\s+(?:as|more|less|that|the|what|\d)|and\s+(?:a|an|one|two|three|\d+/)\b)"
)
_BETWEEN_HEDGED = re.compile(
    r"[^=]*\bor\b[^=]*|[\s,;/&()–—-]*(?:\w+\s+)?[\s,;/&()–—-]*(?:and|to|versus|vs\.?|&|/|,|;|–|—|-|out of|of)"
    r"[\s,;()]*(?:maybe|even|perhaps|also)?[\s(]*",
    re.IGNORECASE,
)
_RESULT = re.compile(r"=\s*([$€£]?-?\d[\d,.]*\S*)")
# A number after these words is mentioned: "= 9 points in the 40 minutes".
_MENTIONED = re.compile(
    r"\b(?:the|these|those|first|last|next|per|every|each|in|within|after|for|of)\s+$", re.IGNORECASE
)
_MIXED = re.compile(r"\d+\s+\d+/\d+")
_SCALE = re.compile(r"\s+(?:hundred|thousand|million|billion|trillion|percent|%|½)\b", re.IGNORECASE)
_ARITHMETIC = re.compile(r"[\d\s.,+*/×÷()$−-]+")


_DIGITS = str.maketrans(
    {chr(0xFF10 + digit): str(digit) for digit in range(10)}
    | {"½": " 1/2", "¼": " 1/4", "¾": " 3/4", "⅓": " 1/3", "⅔": " 2/3", "⁄": "/", "−": "-"}
)
_SIGN_APART = re.compile(r"(?<!\d)(-)\s+(?=[123]/[234]\b)")


def with_plain_digits(text: str) -> str:
    """A text with fractions and digits of other kinds written in the usual ones: "2½" is "2 1/2"."""
    return text if text.isascii() else _SIGN_APART.sub(r"\1", text.translate(_DIGITS))


def sentences_backwards(text: str) -> Iterator[str]:
    """The sentences and lines of the last part of a text, the last first."""
    for sentence in reversed(_SENTENCE.split(text[-_TEXT_LOOKED_AT:])):
        if sentence.strip():
            yield sentence


def is_doubtful(sentence: str) -> bool:
    """Whether a sentence asks, or offers one of several answers."""
    return sentence.rstrip(" *_\"')").endswith("?") or _DOUBT.search(sentence) is not None


def is_denied(before: str) -> bool:
    """Whether what stands before an answer says that it is none: "is not", "more than"."""
    return _DENIED.search(before) is not None


def without_labels(sentence: str) -> str:
    """A sentence without numbers that are no quantities."""
    return _LABELS.sub(" ", sentence)


def last_number(text: str, reads: Callable[[str], bool]) -> str | None:
    """The last number of the last sentence that has one, as it is written there.

    None if that sentence asks, denies, or offers several numbers, or if its last number is part of something
    larger: an operand, an exponent, a range, a date.

    Args:
        text: What the model itself said.
        reads: Whether a piece of text is a number, with its unit perhaps.
    """
    for sentence in sentences_backwards(text):
        plain = without_labels(with_plain_digits(sentence))
        chunks = list(_CHUNK.finditer(plain))
        if chunks:
            return None if is_doubtful(plain) else _number_of(plain, chunks, reads)
    return None


def _number_of(sentence: str, chunks: list[re.Match[str]], reads: Callable[[str], bool]) -> str | None:
    if reads(sentence.strip(_AROUND + ". ")):
        return sentence.strip(_AROUND + ". ")
    (start, end), number = chunks[-1].span(), _bare(chunks[-1][0])
    if len(chunks) > 1:
        before = chunks[-2]
        between = sentence[before.end() : start]
        if not between.strip() and "=" not in (before[0][-1], chunks[-1][0][0]):
            start = before.start()
            if not _MIXED.fullmatch(_bare(sentence[start:end])):
                return None
        elif between.strip() and _BETWEEN_HEDGED.fullmatch(between) and number != _bare(before[0]):
            return None
    found = list(_RESULT.finditer(sentence, 0, start)) if _MENTIONED.search(sentence[:start]) else []
    if found:
        start, end = found[-1].span(1)
    return _stated(sentence, start, end, reads)


def _stated(sentence: str, start: int, end: int, reads: Callable[[str], bool]) -> str | None:
    """The number between these places, if the words around it leave it one."""
    number, before, after = sentence[start:end], sentence[:start], sentence[end:]
    if "=" in number:
        before, number = before + number[: number.rindex("=")] + "=", number[number.rindex("=") + 1 :]
    number = _bare(number)
    if scale := _SCALE.match(after):
        number, after = number + scale[0].replace("percent", "%"), after[scale.end() :]
    if is_denied(before) or _OPERATOR_AFTER.match(after):
        return None
    if _OPERATOR_BEFORE.search(before):
        return _left_side(sentence, reads)
    return number if reads(number) else None


def _bare(chunk: str) -> str:
    return chunk.strip(_AROUND).rstrip(".").strip(_AROUND)


def _left_side(sentence: str, reads: Callable[[str], bool]) -> str | None:
    """60 in "60 = 28 + 32"."""
    left, equals, right = sentence.rpartition("=")
    if not equals or "=" in left or not _ARITHMETIC.fullmatch(right.strip().rstrip(".")):
        return None
    words = left.split()
    number = _bare(words[-1]) if words else ""
    alone = len(words) == 1 or re.search(r"[A-Za-z:]$", words[-2]) is not None
    return number if alone and reads(number) else None
