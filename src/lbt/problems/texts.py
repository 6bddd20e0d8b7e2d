"""When two questions count as the same question."""

import re
import unicodedata

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "“": " ", "”": " ", '"': " "})
# Only punctuation of the sentence goes. Signs, brackets and the points, commas and factorials of numbers
# stay: without them "7 - 3" would equal "7 + 3", "7 - (3 - 2)" would equal "7 - 3 - 2", "1.5" would be "15".
_SENTENCE_MARK = re.compile(r"[.,;:?](?![0-9])|(?<![0-9])!")
_LOOSE_SPACE = re.compile(r"(?<!\w)\s+|\s+(?!\w)")


def question_key(text: str) -> str:
    """The form in which questions are compared: no case, no sentence punctuation, no layout."""
    folded = unicodedata.normalize("NFC", text).casefold().translate(_APOSTROPHES)
    spaced = " ".join(_SENTENCE_MARK.sub(" ", folded).split())
    return _LOOSE_SPACE.sub("", spaced)
