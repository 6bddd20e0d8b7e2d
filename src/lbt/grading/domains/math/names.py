"""Names of values in answers: "x=5", "f(x)=2x", "\\angle ABC=74", "x\\in[0,1]"."""

import re

LABEL = re.compile(
    r"(?:m?\\angle\s?[A-Z]{1,3}|\\[a-z]+(?:_\w)?|\\text\{[^{}]*\}|\\overline\{[A-Z]+\}"
    r"|\|?[A-Z]{2,3}\|?|[A-Za-z](?:'|_\w)?"
    r"|[A-Za-z]\([^()=]*\)|\([a-z](?:,[a-z])+\))(?:=|\\equiv\s?)(?=[^=]+\Z)"
)
_MEMBER = re.compile(r"\A[a-zA-Z]\\in ?(?=[(\[])")
_FUNCTION = re.compile(r"[a-zA-Z]\([a-z]\)=")
_COORDINATES = re.compile(r"[a-zA-Z]=[^=,]+(?:,[a-zA-Z]=[^=,]+)+")


def without_names(gold: str, answer: str) -> tuple[str, str]:
    """Both without the name of the value ("\\angle ABC=", "f(x)="), if one has none, or f(x) and y."""
    if bool(_MEMBER.match(gold)) != bool(_MEMBER.match(answer)):
        gold, answer = _MEMBER.sub("", gold), _MEMBER.sub("", answer)
    one, other = LABEL.match(gold), LABEL.match(answer)
    if one and other and one[0] == other[0]:
        return gold[one.end() :], answer[other.end() :]
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
