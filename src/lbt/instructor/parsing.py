"""Read the problems that an instructor has written: by a strict form, else by a tolerant one."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

Form = Literal["strict", "tolerant", "none"]
Written = tuple[str, str]
"""A question and its worked solution."""


@dataclass(frozen=True)
class Reading:
    """What a reply holds, and by which form it was read; `none` has no item."""

    form: Form
    items: list[Written]


_STRICT = re.compile(
    r"### Problem ([0-9]+)\n(.+?)\n### Solution \1(?:\n(.+?))(?=\n### Problem [0-9]+\n|\Z)", re.DOTALL
)
_END = r"[\s*_]*(?:[:.)\-–]+[\s*_]*(?P<rest>.*)|)"
_NUMBER = r"\s*(?:no\.?)?\s*#?\s*[0-9]*"
_MARKS = r"[\s#*_>\-–(\[]*(?:[0-9]+[.)]\s*)?[*_]*"
_QUESTION = re.compile(
    rf"{_MARKS}(?:(?:new|similar|practice)\s+)?(?:problem|question|exercise|q){_NUMBER}{_END}", re.IGNORECASE
)
_SOLUTION = re.compile(
    rf"{_MARKS}(?:(?:worked|detailed|step[- ]by[- ]step)\s+)?"
    rf"(?:solution|answer|explanation|a){_NUMBER}{_END}",
    re.IGNORECASE,
)
_LONGEST = 200_000
"""Characters of a reply that are read."""


def format_items(items: Iterable[Written]) -> str:
    """The strict form, which the prompts ask for."""
    return "\n".join(
        f"### Problem {number}\n{question}\n### Solution {number}\n{solution}"
        for number, (question, solution) in enumerate(items, start=1)
    )


def read_items(text: str, cut: bool = False) -> Reading:
    """The problems of a reply; of one that was cut off at the token limit, without the last.

    Text before the first problem is left out by the tolerant form only. Whatever the text, nothing is raised.
    """
    text = text[:_LONGEST].replace("\r\n", "\n").strip()
    items = _read_strictly(text)
    form: Form = "strict"
    if items is None:
        form, items = "tolerant", _read_json(text) or list(_read_lines(text))
    if cut:
        items = items[:-1]
    return Reading(form, items) if items else Reading("none", [])


def _read_strictly(text: str) -> list[Written] | None:
    """The items of a reply that is nothing but problems and solutions, numbered from 1."""
    items: list[Written] = []
    place = 0
    while place < len(text):
        found = _STRICT.match(text, place)
        if found is None or int(found[1]) != len(items) + 1:
            return None
        question, solution = found[2].strip(), (found[3] or "").strip()
        if not question or not solution:
            return None
        items.append((question, solution))
        place = found.end() + 1  # the line break before the next problem
    return items or None


def _read_json(text: str) -> list[Written]:
    """A JSON list of objects with a question and a solution or answer."""
    start, end = text.find("["), text.rfind("]")
    try:
        rows = json.loads(text[start : end + 1]) if 0 <= start < end else []
    except (ValueError, RecursionError):
        return []
    found = []
    for row in rows if isinstance(rows, list) else []:
        named = {str(key).casefold(): value for key, value in row.items()} if isinstance(row, dict) else {}
        question = named.get("question", named.get("problem"))
        solution = named.get("solution", named.get("answer"))
        if isinstance(question, str) and isinstance(solution, str) and question.strip() and solution.strip():
            found.append((question.strip(), solution.strip()))
    return found


def _read_lines(text: str) -> Iterator[Written]:
    """Items under headings such as "**Question 2:**" and "Solution:", with whatever marks around them."""
    parts: dict[str, list[str]] = {}
    now = ""
    for line in text.split("\n"):
        question, solution = _QUESTION.fullmatch(line), _SOLUTION.fullmatch(line)
        if question:
            yield from _item(parts)
            parts, now = {"question": [question["rest"] or ""]}, "question"
        elif solution and now == "question":
            now = "solution"
            parts[now] = [solution["rest"] or ""]
        elif now:  # "Answer: 5" after a solution is part of it
            parts[now].append(line)
    yield from _item(parts)


def _item(parts: dict[str, list[str]]) -> Iterator[Written]:
    question, solution = (_plain(parts.get(name, [])) for name in ("question", "solution"))
    if question and solution:
        yield question, solution


def _plain(lines: list[str]) -> str:
    """Without blank lines and rules around it."""
    text = "\n".join(lines).strip()
    return re.sub(r"\n\s*(?:-{3,}|\*{3,}|={3,})\s*\Z", "", text).strip()
