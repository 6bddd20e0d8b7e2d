"""Where a completion may state a mathematical answer."""

import re
from collections.abc import Iterator

from lbt.grading.domains.marks import (
    FINAL_ANSWER,
    HEADING,
    MARKS_LOOKED_AT,
    TAG,
    THE_ANSWER_IS,
    Statement,
    find_boxes,
    last_marks,
    own_words,
    rest_of_line,
    without_calculations,
)
from lbt.grading.domains.math.prose import stated_in_prose

_BETWEEN_BOXES = re.compile(
    r"(?:[\s$,;]|\\[()\[\],;! ]|\\q?quad|\\text\s*\{|\}|\band\b|\bor\b)*", re.IGNORECASE
)
_SENTENCE_ENDED = re.compile(r"[.!?]\s")
_DISPLAYS = (("$$", "$$"), ("\\[", "\\]"))


def math_statements(text: str, extraction: str = "strict") -> Iterator[Statement]:
    """As `marked_statements`, for answers in mathematical notation.

    The paper's [[Final Answer]] comes first and "####" after \\boxed, because chat models head their steps
    with "####". Of several marks of one rule the last comes first, then those before it: the caller takes
    the first that states an answer. Boxes with no more than "and", "or" or a comma between them are one
    answer. In the extraction "flexible" the last line is taken too, and then the last sentence.
    """
    text = without_calculations(text)
    own = own_words(text)
    if own != text and own.strip():
        yield from _marked(own, followed=True)
    yield from _marked(text, followed=False)
    if extraction == "flexible":
        if own != text and own.strip():
            yield Statement("last line", own.rstrip().rsplit("\n", 1)[-1], closed=True)
        yield Statement("last line", text.rstrip().rsplit("\n", 1)[-1], closed=False)
        yield Statement("last sentence", stated_in_prose(own) or "", closed=False)


def _marked(text: str, followed: bool) -> Iterator[Statement]:
    for end in last_marks(FINAL_ANSWER, text):
        yield _formula_or_line("[[Final Answer]]", text, end, followed)
    yield from (Statement("\\boxed", answer, closed=True) for answer in _joined_boxes(text))
    for tag in list(TAG.finditer(text))[::-1]:
        yield Statement("<answer>", tag[1], followed or not tag[0].endswith(tag[1]))
    for end in last_marks(HEADING, text):
        yield rest_of_line("####", text, end, followed)
    for end in last_marks(THE_ANSWER_IS, text):
        yield _formula_or_line("the answer is", text, end, followed)


def _formula_or_line(rule: str, text: str, start: int, followed: bool) -> Statement:
    """What follows a mark: a display formula, which may have several lines, or the rest of the line."""
    for opening, closing in _DISPLAYS:
        if text.startswith(opening, start):
            end = text.find(closing, start + 2)
            if end >= 0:
                return Statement(rule, text[start + 2 : end], closed=True)
    line = rest_of_line(rule, text, start, followed)
    return Statement(rule, line.text, line.closed or _SENTENCE_ENDED.search(line.text) is not None)


def _joined_boxes(text: str) -> Iterator[str]:
    """Contents of the last boxes, the last first; neighbouring boxes as one list."""
    boxes = find_boxes(text)[-MARKS_LOOKED_AT:]
    while boxes:
        before, start, end = boxes.pop()
        parts = [text[start:end]]
        while boxes and _BETWEEN_BOXES.fullmatch(text, boxes[-1][2] + 1, before):
            before, start, end = boxes.pop()
            parts.append(text[start:end])
        yield ", ".join(reversed(parts))
