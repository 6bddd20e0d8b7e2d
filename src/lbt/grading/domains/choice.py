"""Answers that choose: yes or no, true or false, or the letter of an option."""

import re
from collections.abc import Iterator

from lbt.grading.domains.marks import Statement, marked_statements, own_words, states_otherwise
from lbt.grading.domains.plain import PlainDomain
from lbt.grading.domains.prose import is_denied, is_doubtful, sentences_backwards

_WRAPS = re.compile(
    r"\\(?:text|textbf|mathrm|mathbf|mbox|boxed|fbox)\s*(?=\{)|\\[()\[\]]|[*_`$\"'“”‘’{}]"
    r"|^\s*(?:it|that) is\b",
    re.IGNORECASE,
)
_NAMED = r"(?:(?:for sure|definitely|clearly|certainly|probably)\s+)?"
_NAMED += r"(?:(?:the\s+)?(?:correct\s+|right\s+|best\s+)?(?:answer|option|choice|letter)\s*(?:is|:)?\s*)?"
_REASON = r"(?:because|since|as|due|for|given|which|that|is)\b"
_LETTER = re.compile(
    rf"{_NAMED}(?:\((?P<round>[A-Za-z])\)|\[(?P<square>[A-Za-z])\]|(?P<bare>[A-Z])(?=\s*(?:[.:,;)–—]|-\s|$)"
    rf"|\s+{_REASON})|(?P<small>[a-z])(?:\)|\.?$))",
    re.IGNORECASE,
)
_WORD = re.compile(
    rf"{_NAMED}(?P<word>yes|no|true|false)(?=\s*(?:[.:,;!)–—-]|$)|\s+(?:{_REASON}|it|this|there|they|he|she|we|you))",
    re.IGNORECASE,
)
_ANY_LETTER = re.compile(
    r"\(([A-Z])\)|(?<![A-Za-z0-9'’])([B-HJ-Z])(?![A-Za-z0-9'’])"
    r"|(?:\b(?:or|and|nor|either|both|maybe|perhaps)|[,/;])\s*\(?([A-Z])\)?(?=\s*(?:[.,;:)/]|or\b|and\b|$))"
    r"|(?<![A-Za-z0-9'’])(A)(?=\s*(?:[,/;]|or\b|and\b)\s*(?:maybe\s+|perhaps\s+)?\(?[A-Z]\)?(?:\W|$))"
)
_SAID = re.compile(
    r"(?:\b(?:answer|option|choice|letter|statement|claim|this|that|its?|choose|select|pick|is|be|are|says?)\b\W*"
    r"(?:is|be|:|option|choice|answer|letter|therefore|thus|=|to be)*\W*)"
    r"(?P<choice>\([A-Z]\)|[B-HJ-Z](?=\W|$)|A(?=\s*[.,;:)]|\s*$)|(?:yes|no|true|false)(?=\W*$))|(?P<alone>\([A-Z]\))",
)
_OFFERED = re.compile(
    r"(?:\s*(?:,|/|;|and\b|(?i:or)\b|&))+\s*(?:\(?([A-Z])\)?(?=\W|$)|(?i:(yes|no|true|false))\b)"
)
_DENIED_CHOICES = re.compile(
    r"\b(?:not|n['’]t(?: be)?|cannot be|rather than|nor|neither)\s+\(?[A-Z]\)?"
    r"(?:,?\s*(?:or|and|nor)\s*\(?[A-Z]\)?)*(?=\W|$)"
)
_FIRST_WORD = re.compile(r"[\s*_(\"]*(yes|no|true|false)\b[*_)\"]*(?=\s*(?:[.,:;!–—]|-\s|$))", re.IGNORECASE)
_FIRST_LETTER = re.compile(r"[\s*_]*(\([A-Za-z]\)|[A-Z](?=[*_]*\s*[.):]|[*_]*$)|[a-z](?=\)?\s*$))")
_WORDS = re.compile(r"\b(?:yes|true|false)\b|\bno\b(?=\s*(?:[.,;:!]|$))", re.IGNORECASE)


class ChoiceDomain(PlainDomain):
    """Yes or no, true or false, or one letter; "true" is not "yes", so the prompt should name the words."""

    name = "choice"
    rules = 1

    def statements(self, text: str) -> Iterator[Statement]:
        """The marked ones; if flexible, also the first words or else the last sentence that chooses.

        If those two differ, the text chooses nothing.
        """
        blocked = False
        for statement in marked_statements(text):
            yield statement
            blocked = blocked or states_otherwise(statement) or len(_choices(statement.text)) > 1
        if self.settings.extraction == "strict" or blocked:
            return
        own = own_words(text).strip()
        first, last = _first_words(own), _last_sentence(own)
        if first and (last is None or last == self.canonical(first)):
            yield Statement("first words", first, closed=len(own) > len(first))
        elif last and not first:
            yield Statement("last sentence", last, closed=False)

    def canonical(self, answer: str) -> str | None:
        """The letter as a capital, or the word in small letters; None for several of them."""
        plain = " ".join(_WRAPS.sub(" ", answer).split())
        if word := _WORD.match(plain):
            return None if _others(plain[word.end() :], word["word"].lower()) else word["word"].lower()
        found = _LETTER.match(plain)
        if found is None:
            return None
        letter = next(name for name in found.groups() if name)
        if found["bare"] and not letter.isupper():
            return None if len(plain) > 2 else letter.upper()
        return None if _others(plain[found.end() :], letter.upper()) else letter.upper()

    def answer_class(self, gold: str) -> str | None:
        """None: of few answers, those that are not a problem's own would give it away."""
        return None


def _others(rest: str, choice: str) -> bool:
    """Whether what follows a choice offers another one: "B or C"."""
    offered = _OFFERED.match(rest)
    return offered is not None and (offered[1] or offered[2].lower()) != choice


def _choices(text: str) -> set[str]:
    letters = {next(name for name in found if name) for found in _ANY_LETTER.findall(text)}
    return letters | {word[0].lower() for word in _WORDS.finditer(text)}


def _others_like(text: str, choice: str) -> bool:
    """Whether a text names other choices of the same kind."""
    return any((len(other) > 1) == (len(choice) > 1) for other in _choices(text) - {choice})


def _first_words(text: str) -> str | None:
    line = text.split("\n", 1)[0]
    if word := _FIRST_WORD.match(line):
        return word[1]
    letter = _FIRST_LETTER.match(line)
    return letter[1].strip("()") if letter else None


def _last_sentence(text: str) -> str | None:
    """The choice of the last sentence that makes one."""
    for sentence in sentences_backwards(text):
        plain = _DENIED_CHOICES.sub(" ", _WRAPS.sub("", sentence))
        found = list(_SAID.finditer(plain))
        if found:
            choice = (found[-1]["choice"] or found[-1]["alone"]).strip("()")
            choice = choice.lower() if len(choice) > 1 else choice
            start = found[-1].start("choice") if found[-1]["choice"] else found[-1].start("alone")
            several = is_doubtful(plain) or is_denied(plain[:start]) or _others_like(plain, choice)
            return None if several else choice
    return None
