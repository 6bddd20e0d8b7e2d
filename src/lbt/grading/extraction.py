"""Find the final answer in a completion."""

import re
from collections.abc import Iterator

_FINAL_ANSWER = re.compile(r"\[\[Final Answer\]\]\s*:?[^\S\n]*\n*([^\n]*)", re.IGNORECASE)
_THE_ANSWER_IS = re.compile(r"\bthe (?:final )?answer is\b\s*:?([^\n]*)", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)")
_BRACE = re.compile(r"\\(?:boxed|fbox)\s*\{|\\[\\{}]|[{}]")

_FINAL_ANSWER_MARK = re.compile(r"\[\[Final Answer\]\][\s:*]*", re.IGNORECASE)
_ANSWER_MARK = re.compile(r"\b(?:final\s+)?answer\b\**(?:[^\S\n]+is\b|[^\S\n]*:)[:*\s]*", re.IGNORECASE)
_HEADING_MARK = re.compile(r"####")
_BETWEEN_BOXES = re.compile(
    r"(?:[\s$,;]|\\[()\[\],;! ]|\\q?quad|\\text\s*\{|\}|\band\b|\bor\b)*", re.IGNORECASE
)
_DISPLAYS = (("$$", "$$"), ("\\[", "\\]"))
_NEXT_TURN = re.compile(
    r"^[^\S\n]*(?:\[\[(?:Question|Problem)\]\]|<\w{1,20}>:|(?:Human|User|Question|Problem):)",
    re.IGNORECASE | re.MULTILINE,
)
_MARKS_LOOKED_AT = 20


def candidates(text: str) -> Iterator[tuple[str, str]]:
    """(rule, answer text) of every rule that applies, the most explicit marking first.

    Of several marks of one rule the last counts. An answer text may be empty or no answer at all; the caller
    judges that, and goes on to the next rule.
    """
    _, mark, tail = text.rpartition("####")
    if mark:
        yield "####", tail.split("\n", 1)[0]
    boxes = _boxes(text)
    if boxes:
        yield "\\boxed", text[slice(*boxes[-1][1:])]
    if marked := _FINAL_ANSWER.findall(text):
        yield "[[Final Answer]]", marked[-1]
    if marked := _THE_ANSWER_IS.findall(text):
        yield "the answer is", _SENTENCE_END.split(marked[-1], maxsplit=1)[0]


def math_candidates(text: str) -> Iterator[tuple[str, str]]:
    """As `candidates`, for answers in mathematical notation.

    The paper's [[Final Answer]] comes first and "####" after \\boxed, because chat models head their steps
    with "####". Of several marks of one rule the last comes first, then those before it: the caller takes
    the first that states an answer. Boxes with no more than "and", "or" or a comma between them are one
    answer. The last line is the last resort. A model that goes on to invent the next turn is taken at what
    it said before, if an answer stands there.
    """
    turn = _NEXT_TURN.search(text)
    own = text[: turn.start()] if turn is not None else ""
    if own.strip():
        yield from _marked(own)
    yield from _marked(text)
    if own.strip():
        yield "last line", own.rstrip().rsplit("\n", 1)[-1]
    yield "last line", text.rstrip().rsplit("\n", 1)[-1]


def _marked(text: str) -> Iterator[tuple[str, str]]:
    for end in _last_marks(_FINAL_ANSWER_MARK, text):
        yield "[[Final Answer]]", _statement(text, end)
    yield from (("\\boxed", answer) for answer in _joined_boxes(text))
    for end in _last_marks(_HEADING_MARK, text):
        yield "####", text[end:].split("\n", 1)[0]
    for end in _last_marks(_ANSWER_MARK, text):
        yield "the answer is", _statement(text, end)


def _last_marks(mark: re.Pattern[str], text: str) -> list[int]:
    """Where the last marks end, the last first."""
    return [found.end() for found in mark.finditer(text)][: -_MARKS_LOOKED_AT - 1 : -1]


def _statement(text: str, start: int) -> str:
    """What follows a mark: a display formula, which may have several lines, or the rest of the line."""
    for opening, closing in _DISPLAYS:
        if text.startswith(opening, start):
            end = text.find(closing, start + 2)
            if end >= 0:
                return text[start + 2 : end]
    end = text.find("\n", start)
    return text[start:] if end < 0 else text[start:end]


def _joined_boxes(text: str) -> Iterator[str]:
    """Contents of the last boxes, the last first; neighbouring boxes as one list."""
    boxes = _boxes(text)[-_MARKS_LOOKED_AT:]
    while boxes:
        before, start, end = boxes.pop()
        parts = [text[start:end]]
        while boxes and _BETWEEN_BOXES.fullmatch(text, boxes[-1][2] + 1, before):
            before, start, end = boxes.pop()
            parts.append(text[start:end])
        yield ", ".join(reversed(parts))


def _boxes(text: str) -> list[tuple[int, int, int]]:
    """(start, start of content, end of content) of every complete \\boxed{...} without a box inside it.

    Ordered by position, nested braces included, in one pass over the text.
    """
    open_braces: list[tuple[int, int] | None] = []
    found: list[tuple[int, int, int]] = []
    for brace in _BRACE.finditer(text):
        if brace[0] == "{":
            open_braces.append(None)
        elif brace[0] == "}":
            box = open_braces.pop() if open_braces else None
            if box is not None and not (found and found[-1][0] > box[0]):
                found.append((*box, brace.start()))
        elif brace[0][-1] == "{" and len(brace[0]) > 2:
            open_braces.append((brace.start(), brace.end()))
    return found
