"""Fenced blocks of Markdown."""

import re
from dataclasses import dataclass

_FENCE = re.compile(r"^([^\S\n]*(?:>[^\S\n]?)?)(`{3,}|~{3,})([^\n]*)$", re.MULTILINE)
_INDENTED = 3
_PYTHON = frozenset({"python", "py", "python3", "py3", "python2", "cpython", "ipython", "sage"})
_LANGUAGE = re.compile(r"[A-Za-z][\w+#.-]*")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a text."""

    language: str
    """The first word after the fence, in small letters; empty if there is none."""
    text: str
    start: int
    """Where its first fence begins in the text."""
    end: int
    closed: bool

    @property
    def may_be_python(self) -> bool:
        """Whether the fence names Python, or nothing."""
        return self.language in _PYTHON or not self.language

    @property
    def is_python(self) -> bool:
        """Whether the fence names Python."""
        return self.language in _PYTHON


def fenced_blocks(text: str) -> list[Block]:
    """All blocks, in their order; the last one may lack its closing fence.

    A block ends at a fence of the same sign that is at least as long, and has nothing after it. An indented
    block, as in a list, loses its fence's indentation.
    """
    blocks: list[Block] = []
    opened: re.Match[str] | None = None
    for fence in _FENCE.finditer(text):
        if opened is None:
            if "`" not in fence[3] or fence[2][0] == "~":
                opened = fence
        elif _closes(fence, opened):
            blocks.append(_block(text, opened, fence.start(), fence.end(), closed=True))
            opened = None
    if opened is not None:
        blocks.append(_block(text, opened, len(text), len(text), closed=False))
    return blocks


def without_blocks(text: str) -> str:
    """What a text says outside its blocks."""
    parts, end = [], 0
    for block in fenced_blocks(text):
        parts.append(text[end : block.start])
        end = block.end
    return "".join([*parts, text[end:]])


def _closes(fence: re.Match[str], opened: re.Match[str]) -> bool:
    """A fence that is indented by more than its block belongs to a text inside it, such as a docstring."""
    return (
        fence[2][0] == opened[2][0]
        and len(fence[2]) >= len(opened[2])
        and not fence[3].strip()
        and len(fence[1]) <= len(opened[1]) + _INDENTED
    )


def _block(text: str, opened: re.Match[str], stop: int, end: int, closed: bool) -> Block:
    content = text[opened.end() + 1 : stop]
    content = content[:-1] if closed and content.endswith("\n") else content
    found = _LANGUAGE.search(opened[3])
    language = found[0].lower() if found else ""
    return Block(language, _outdented(content, opened[1]), opened.start(), end, closed)


def _outdented(content: str, indentation: str) -> str:
    if not indentation:
        return content
    lines = content.split("\n")
    if all(line.startswith(indentation) or not line.strip() for line in lines):
        return "\n".join(line[len(indentation) :] for line in lines)
    return content
