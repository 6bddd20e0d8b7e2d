"""Find the final answer in a completion."""

import re
from collections.abc import Iterator

_FINAL_ANSWER = re.compile(r"\[\[Final Answer\]\]\s*:?[^\S\n]*\n*([^\n]*)", re.IGNORECASE)
_THE_ANSWER_IS = re.compile(r"\bthe (?:final )?answer is\b\s*:?([^\n]*)", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)")
_BRACE = re.compile(r"\\boxed\{|[{}]")


def candidates(text: str) -> Iterator[tuple[str, str]]:
    """(rule, answer text) of every rule that applies, the most explicit marking first.

    Of several marks of one rule the last counts. An answer text may be empty or no answer at all; the caller
    judges that, and goes on to the next rule.
    """
    _, mark, tail = text.rpartition("####")
    if mark:
        yield "####", tail.split("\n", 1)[0]
    boxed = _last_box(text)
    if boxed is not None:
        yield "\\boxed", boxed
    if marked := _FINAL_ANSWER.findall(text):
        yield "[[Final Answer]]", marked[-1]
    if marked := _THE_ANSWER_IS.findall(text):
        yield "the answer is", _SENTENCE_END.split(marked[-1], maxsplit=1)[0]


def _last_box(text: str) -> str | None:
    """The content of the last complete \\boxed{...}, nested braces included, in one pass over the text."""
    open_braces: list[int | None] = []
    last: tuple[int, int] | None = None
    for brace in _BRACE.finditer(text):
        if brace[0] != "}":
            open_braces.append(brace.end() if brace[0] != "{" else None)
        elif open_braces:
            start = open_braces.pop()
            if start is not None and (last is None or start > last[0]):
                last = start, brace.start()
    return None if last is None else text[last[0] : last[1]]
