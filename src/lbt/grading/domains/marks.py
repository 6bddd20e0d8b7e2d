"""Where completions say that their answer stands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

FINAL_ANSWER = re.compile(r"\[\[Final Answer\]\][\s:*]*", re.IGNORECASE)
HEADING = re.compile(r"####")
TAG = re.compile(r"<answer>(.*?)(?:</answer>|\Z)", re.IGNORECASE | re.DOTALL)
THE_ANSWER_IS = re.compile(
    r"\b(?:final\s+)?(?:answer|(?:correct|right|best)\s+(?:option|choice|letter))\b\**"
    r"(?:[^\S\n]+is\b|[^\S\n]*:)[:*\s]*|^[^\S\n]*(?:\*\*)?(?-i:A)\**:[*\s]*",
    re.IGNORECASE | re.MULTILINE,
)
SENTENCE_END = re.compile(r"[.!?](?=\s|$)")
_CALCULATOR = re.compile(r"<<[^<>\n]*>>")
_HINTS = ("nswer", "NSWER", "A:", "A*", "ption", "hoice", "etter", "PTION", "HOICE", "ETTER")
_BRACE = re.compile(r"\\+(?:begin)?(?:boxed|fbox)\s*\{|\\[\\{}]|[{}]")
_NEXT_TURN = re.compile(
    r"^[^\S\n]*(?:\[\[(?:Question|Problem)\]\]|<\w{1,20}>:|(?:Human|User|Question|Problem|Q):)"
    r"|<\|(?:im_start|im_end|endoftext|eot_id|end)\|>",
    re.IGNORECASE | re.MULTILINE,
)
PROSE = re.compile(r"[A-Za-z]{2,}\s+[A-Za-z]{3,}|[A-Za-z]{3,}\s+[A-Za-z]{2,}")
"""Two words."""
_CALCULATION = re.compile(r"[\d\s.,+*/×÷()$%-]+=[\d\s.,+*/×÷()$%=-]+")
_REFUSED = re.compile(r"\b(?:not|unknown|unclear|cannot|can't|undefined|impossible|none|no)\b", re.IGNORECASE)
MARKS_LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class Statement:
    """A place where an answer may stand."""

    rule: str
    text: str
    closed: bool
    """Whether something stands after it, so that it is whole even in a text that was cut."""


def without_calculations(text: str) -> str:
    """A text without the marks of a calculator in it, as GSM8K's solutions have: "= <<9*2=18>>18"."""
    return _CALCULATOR.sub("", text) if "<<" in text else text


def next_turns(text: str) -> list[int]:
    """Where a text looks like the next turn of a conversation."""
    return [turn.start() for turn in _NEXT_TURN.finditer(text)]


def own_words(text: str) -> str:
    """What a model says before it invents the next turn of a conversation; blank if it begins with one."""
    turn = _NEXT_TURN.search(text)
    return text if turn is None else text[: turn.start()]


def marked_statements(text: str) -> Iterator[Statement]:
    """The last statement of each way of marking an answer, the most explicit way first.

    A statement may be empty or no answer at all; the caller judges that, and goes on to the next. What a
    model says before it invents the next turn comes before what it says after.
    """
    text = without_calculations(text)
    own = own_words(text)
    if own != text and own.strip():
        yield from _marked(own, followed=True)
    yield from _marked(text, followed=False)


def _marked(text: str, followed: bool) -> Iterator[Statement]:
    _, heading, tail = text.rpartition("####")
    if heading:
        yield rest_of_line("####", text, len(text) - len(tail), followed)
    if boxes := find_boxes(text):
        yield Statement("\\boxed", text[slice(*boxes[-1][1:])], closed=True)
    for end in last_marks(FINAL_ANSWER, text)[:1]:
        yield rest_of_line("[[Final Answer]]", text, end, followed)
    for tag in list(TAG.finditer(text))[-1:]:
        yield Statement("<answer>", tag[1], followed or not tag[0].endswith(tag[1]))
    for end in last_marks(THE_ANSWER_IS, text)[:1]:
        line = rest_of_line("the answer is", text, end, followed)
        sentence, *others = SENTENCE_END.split(line.text, maxsplit=1)
        yield Statement(line.rule, sentence, line.closed or any(others))


def last_marks(mark: re.Pattern[str], text: str) -> list[int]:
    """Where the last marks end, the last first."""
    if mark is THE_ANSWER_IS and not any(hint in text for hint in _HINTS):
        return []
    return [found.end() for found in mark.finditer(text)][: -MARKS_LOOKED_AT - 1 : -1]


def rest_of_line(rule: str, text: str, start: int, followed: bool) -> Statement:
    """What stands on a line after a mark; the line's end closes it."""
    end = text.find("\n", start)
    if end < 0:
        return Statement(rule, text[start:], followed)
    return Statement(rule, text[start:end], closed=True)


def find_boxes(text: str) -> list[tuple[int, int, int]]:
    """(start, start of content, end of content) of every complete \\boxed{...} without a box inside it.

    Ordered by position, nested braces included, in one pass over the text.
    """
    if "box" not in text:
        return []
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


def states_otherwise(statement: Statement) -> bool:
    """Whether a marked statement that could not be read says something all the same: "3 or 4", "not known".

    Then what stands elsewhere in the text is not what the model answered. A heading and a sentence of prose
    say where the answer is; they are none.
    """
    if _REFUSED.search(statement.text):
        return True
    return (
        any(map(str.isdigit, statement.text))
        and statement.rule != "####"
        and not _CALCULATION.fullmatch(statement.text.strip(" *_"))
        and not PROSE.search(statement.text)
    )
