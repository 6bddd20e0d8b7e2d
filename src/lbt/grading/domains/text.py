"""Answers in words."""

import unicodedata
from collections.abc import Iterator

from lbt.grading.domains.marks import Statement, marked_statements
from lbt.grading.domains.plain import PlainDomain

_AROUND = " \t\r\n.,;:!?*_`'\"“”‘’$()[]{}"


class TextDomain(PlainDomain):
    """Words that are equal but for capitals, spaces and the punctuation around them; marked, always."""

    name = "text"
    rules = 3

    def statements(self, text: str) -> Iterator[Statement]:
        """The marked ones: in words there is no telling an answer from its neighbours."""
        return marked_statements(text)

    def canonical(self, answer: str) -> str | None:
        """The words in small letters."""
        words = " ".join(unicodedata.normalize("NFC", answer).casefold().split())
        return words.strip(_AROUND) or None
