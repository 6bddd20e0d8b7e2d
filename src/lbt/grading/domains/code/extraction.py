"""Find the program in what a model wrote."""

from dataclasses import dataclass

from lbt.grading.domains.code.continuation import continued, with_beginning
from lbt.grading.domains.code.fences import Block, fenced_blocks, without_blocks
from lbt.grading.domains.code.gold import CodeGold
from lbt.grading.domains.code.prose import bare_program, is_program
from lbt.grading.domains.code.syntax import LONGEST_PROGRAM, defined, parse
from lbt.grading.domains.marks import next_turns

_MARKS = ("[[Final Code]]", "[[DEBUG Code]]")
"""Of the paper's form."""


@dataclass(frozen=True, slots=True)
class Found:
    """A program, and the rule that found it."""

    program: str
    rule: str
    closed: bool
    """Whether something stands after it, so that it is whole even in a text that was cut."""


def find_program(text: str, gold: CodeGold) -> Found | None:
    """The program that a completion states; what a model says before it invents the next turn comes first.

    The rules, in their order: the whole text, if it is Python that defines what is asked for; what stands
    after the paper's mark `[[Final Code]]`; the last fenced block of Python, or without a language; `class
    Solution` between dollars; a continuation of the prompt; the definition between prose. A block of another
    language is never the program.
    """
    if len(text) > LONGEST_PROGRAM:
        return None
    text = text.replace("\r\n", "\n")
    own = text if is_program(text, gold) else _own_words(text)
    found = _find(own, gold) if own.strip() else None
    if found is not None and own != text:
        found = Found(found.program, found.rule, True)
    if found is None and own != text:
        found = _find(text, gold)
    return found


def _find(text: str, gold: CodeGold) -> Found | None:
    if is_program(text, gold) and bare_program(text, gold) == text:
        return Found(with_beginning(text.strip("\n"), gold), "whole text", _followed(text, text, gold))
    place, mark = max((text.rfind(mark), mark) for mark in _MARKS)
    if place >= 0:
        marked = text[place + len(mark) :].lstrip(":* \t").lstrip("\n")
        found = _in_block(marked, gold) or _between_signs(marked, gold) or _bare(marked, gold)
        if found is not None:
            return Found(found.program, mark, found.closed)
    return _in_block(text, gold) or _between_signs(text, gold) or _bare(text, gold)


def _in_block(text: str, gold: CodeGold) -> Found | None:
    blocks = [block for block in fenced_blocks(text) if block.may_be_python and block.text.strip()]
    named = [block for block in blocks if block.is_python]
    blocks = named or [block for block in blocks if _is_meant(block.text, gold) or _continues(block, gold)]
    if not blocks:
        return None
    # An example of its use may follow the program.
    last = blocks[-1]
    chosen = next((block for block in reversed(blocks) if _defines(block, gold)), blocks[-1])
    rule = "Python block" if chosen.is_python else "block"
    if last.closed:
        return Found(_program(chosen.text, gold), rule, closed=True)
    text = bare_program(last.text, gold) or last.text
    return Found(_program(text, gold), f"open {rule}", closed=False)


def _is_meant(text: str, gold: CodeGold) -> bool:
    """Whether a text is the program that is asked for, or one that fails to be Python."""
    return is_program(text, gold) or any(line.startswith(gold.definition) for line in text.split("\n"))


def _defines(block: Block, gold: CodeGold) -> bool:
    return gold.defined_name in defined(block.text) or _continues(block, gold)


def _continues(block: Block, gold: CodeGold) -> bool:
    """Whether a block holds nothing but the rest of the prompt's function."""
    return block.text[:1] in (" ", "\t") and continued(block.text, gold) is not None


def _program(text: str, gold: CodeGold) -> str:
    """The text with the prompt's beginning, where it lacks that."""
    if text[:1] in (" ", "\t") and parse(text) is None:
        whole = continued(text, gold)
        if whole is not None:
            return whole
    return with_beginning(text, gold)


def _between_signs(text: str, gold: CodeGold) -> Found | None:
    """`class Solution` between dollars or triple quotes, as the paper's prompts have it."""
    if gold.kind != "solution":
        return None
    for sign in ("$", "'''", '"""'):
        parts = text.split(sign)
        for place in range(len(parts) - 1, 0, -1):
            part = parts[place]
            if "class Solution" in part and "\n    def" in part and parse(part.strip("\n")) is not None:
                return Found(part.strip("\n"), f"between {sign}", place < len(parts) - 1)
    return None


def _bare(text: str, gold: CodeGold) -> Found | None:
    outside = without_blocks(text)
    whole = continued(outside, gold)
    if whole is not None:
        return Found(whole, "continuation", _followed(whole, outside, gold))
    part = bare_program(outside, gold)
    if part is not None:
        rule = "class Solution" if gold.kind == "solution" else "definition"
        return Found(with_beginning(part.strip("\n"), gold), rule, _followed(part, outside, gold))
    return None


def _followed(program: str, text: str, gold: CodeGold) -> bool:
    """Whether something stands after the definition that is asked for, in the program or in the text."""
    tree = parse(program)
    names = [getattr(node, "name", None) for node in tree.body] if tree else []
    wanted, last_line = gold.defined_name, text.rstrip().rpartition("\n")[2].strip()
    return (wanted in names and names[-1] != wanted) or not program.rstrip().endswith(last_line)


def _own_words(text: str) -> str:
    """The text before the next turn that a model invents; what looks like one inside a block is none."""
    inside = [(block.start, block.end) for block in fenced_blocks(text) if block.closed]
    for place in next_turns(text):
        if not any(start <= place < end for start, end in inside):
            return text[:place]
    return text
