"""Gold answers: where a solution states one, and whether a grading domain can compare it."""

import re

from lbt.grading import Domain, read_number
from lbt.problems.rows import Unusable

_GSM8K_GOLD = re.compile(r"####([^\n]*)\s*\Z")
_BRACE = re.compile(r"\\boxed\s*\{|\\fbox\s*\{|\\[{}]|[{}]")


def gsm8k_gold(answer: str) -> str:
    """The number after the last "####", without thousands commas."""
    found = _GSM8K_GOLD.search(answer)
    if found is None or not found[1].strip():
        raise Unusable("answer", 'does not end with "#### <number>", as GSM8K answers do')
    gold = found[1].strip().replace(",", "")
    if read_number(gold) is None:
        raise Unusable("answer", f'ends with "#### {gold[:40]}", which is not a number')
    return gold


def boxed_gold(solution: str, field: str) -> str:
    """What the last complete \\boxed{...} of a solution holds, nested braces included."""
    opened: list[int | None] = []
    last: tuple[int, int] | None = None
    for brace in _BRACE.finditer(solution):
        if brace[0] in ("\\{", "\\}"):
            continue
        if brace[0] != "}":
            opened.append(brace.end() if brace[0] != "{" else None)
        elif opened:
            start = opened.pop()
            if start is not None and (last is None or start > last[0]):
                last = start, brace.start()
    if last is None:
        raise Unusable(field, "holds no \\boxed{...}, where MATH solutions state their answer")
    gold = solution[last[0] : last[1]].strip()
    if not gold:
        raise Unusable(field, "ends with an empty \\boxed{}")
    return gold


def check_gold(domain: Domain, answer: str) -> None:
    """Raise Unusable if the domain cannot compare `answer`: then no answer to its problem could be right."""
    if fault := domain.gold_fault(answer):
        raise Unusable("answer", fault)


def same_gold(one: str, other: str, domain: Domain | None) -> bool:
    """Whether two gold answers of one question agree."""
    if one == other:
        return True
    if domain is not None and domain.canonical(one) == domain.canonical(other):
        return True
    value = read_number(one)
    return value is not None and value == read_number(other)
