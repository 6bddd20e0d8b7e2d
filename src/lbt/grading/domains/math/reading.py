"""Decide what a statement says: a mathematical answer, nothing, or too much to look at."""

import re
from dataclasses import dataclass

from lbt.grading.domains.marks import PROSE, states_otherwise
from lbt.grading.domains.math.forms import tidy, too_much
from lbt.grading.domains.math.statements import math_statements
from lbt.grading.domains.number import MAXIMUM_LENGTH
from lbt.grading.domains.prose import is_doubtful
from lbt.grading.settings import Extraction

MAXIMUM_TEXT = 500_000
"""Longest completion that is read, in characters; beyond it the verdict is an error."""
_LONGEST_LAST_LINE = 100
_SENTENCE_END = re.compile(r"(?:[.?]|(?<![\\\d)n])!)(?=\s|$)")
_VERB = re.compile(r"\b(?:is|are|equals|be)\b:?\s+(?=[^a-zA-Z]|[b-zB-Z]\b|pi\b|sqrt)")
_OPENING = re.compile(
    r"\A(?:so|thus|hence|therefore|then|we get|we have|this gives)\b[,:]?\s+", re.IGNORECASE
)
_CLAUSE = re.compile(
    r"(?:,\s*)?\s\b(?:because|since|so|which|where|when|for|as|if|with|after|per|of|from|but|that)\b.*\Z",
    re.DOTALL,
)
_COMMAND = re.compile(r"\\(?:text|begin|end)\s*\{[^{}]*\}|\\[A-Za-z]+")
_WORD = re.compile(r"[A-Za-z_]{3,}")
_TEXT_ANSWER = re.compile(r"\\text\{(?P<words>[^{}]*)\}")
_FINISHED = (".", "$", ")", "]", "!")
_BROKEN_OFF = re.compile(r"[-+*/^=<>(,\\\[]\Z|\A<\w+>:|[.!?]\s+[A-Za-z]")
_NO_ANSWER = frozenset(
    (
        "a", "above", "an", "as", "below", "correct", "found", "given", "in", "incorrect", "known", "none",
        "not", "right", "that", "the", "there", "this", "to", "unclear", "unknown", "we", "wrong", "you",
    )
)  # fmt: skip
_MATHEMATICS = re.compile(r"[\d\\+*/^=<>-]|\A\W*[A-Za-z]\W*\Z")


@dataclass(frozen=True)
class Reading:
    """What a completion answers: the tidy answer and the rule that found it.

    Without an answer both are None; an answer that is too long or nested too deeply has a rule only.
    """

    answer: str | None = None
    rule: str | None = None

    @property
    def unreadable(self) -> bool:
        """Whether there is an answer, but of a kind that is not compared."""
        return self.answer is None and self.rule is not None


def read_math(text: str, cut: bool = False, extraction: Extraction = "flexible") -> Reading:
    """The first statement that states an answer, the most explicit rule first.

    If the text was cut, one that nothing stands after is no answer, nor are those of less explicit rules.
    """
    if len(text) > MAXIMUM_TEXT:
        return Reading(rule="whole text")
    blocked = False
    for statement in math_statements(text, extraction):
        said = statement.text.strip()
        if not said or (blocked and statement.rule == "last sentence"):
            continue
        if too_much(said):
            if _states_too_much(statement.rule, said, text):
                return Reading(rule=statement.rule)
            continue
        answer = _READERS[statement.rule](said)
        if answer is not None:
            return Reading() if cut and not statement.closed else Reading(answer, statement.rule)
        blocked = blocked or (statement.rule in _MARKED and states_otherwise(statement))
    return Reading()


def _states_too_much(rule: str, statement: str, text: str) -> bool:
    """Whether an over-long statement is an answer; prose is not, and neither is a last line that runs on."""
    if rule == "last line":
        return statement == text.strip() and " " not in statement
    return rule in ("\\boxed", "[[Final Answer]]") or not PROSE.search(statement[:MAXIMUM_LENGTH])


def _read_explicit(statement: str) -> str | None:
    return _read_sentence(statement) or tidy(statement)


def _read_sentence(statement: str) -> str | None:
    """The answer in "5 apples, because ...", in "The area is 5." and in "even"."""
    statement = _SENTENCE_END.split(statement, maxsplit=1)[0]
    statement = _after_verb(_OPENING.sub("", statement))
    for attempt in (statement, _CLAUSE.sub("", statement)):
        answer = tidy(attempt)
        if answer is not None and (_reads_as_mathematics(answer) or _is_short_text(answer)):
            return answer
    return None


def _read_notation(statement: str) -> str | None:
    """The answer, if it is notation: words, as in a heading, are an answer only within \\text{}."""
    answer = tidy(statement)
    if answer is None or (_is_text(answer) and "\\text" not in statement):
        return None
    return answer if _reads_as_mathematics(answer) or _is_short_text(answer) else None


def _read_last_line(line: str) -> str | None:
    if (len(line) > _LONGEST_LAST_LINE and " " in line) or line[0] == "#" or line[-1] in ":?":
        return None
    if is_doubtful(line):
        return None
    if line.endswith(_FINISHED):
        line = _after_verb(_OPENING.sub("", line))
    closed = sum(map(line.count, "([")) == sum(map(line.count, ")]"))
    return _read_notation(line) if closed and not _BROKEN_OFF.search(line) else None


_READERS = {
    "[[Final Answer]]": _read_explicit,
    "\\boxed": tidy,
    "####": _read_notation,
    "<answer>": _read_explicit,
    "the answer is": _read_sentence,
    "last line": _read_last_line,
    "last sentence": _read_notation,
}
_MARKED = ("[[Final Answer]]", "\\boxed", "<answer>", "the answer is")


def _after_verb(statement: str) -> str:
    found = list(_VERB.finditer(statement))
    return statement[found[-1].end() :] if found and PROSE.search(statement[: found[-1].end()]) else statement


def _reads_as_mathematics(answer: str) -> bool:
    """Whether there is a number, a command or a lone letter, and no word."""
    without_commands = _COMMAND.sub(" ", answer)
    return bool(_MATHEMATICS.search(answer)) and not _WORD.search(without_commands) and not _is_text(answer)


def _is_text(answer: str) -> bool:
    return _TEXT_ANSWER.fullmatch(answer) is not None


def _is_short_text(answer: str) -> bool:
    found = _TEXT_ANSWER.fullmatch(answer)
    words = found["words"].split() if found else []
    return 0 < len(words) <= 3 and words[0] not in _NO_ANSWER
