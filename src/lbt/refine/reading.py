"""Find the exemplars in what a teacher wrote, and say what is wrong with them."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lbt.grading import Domain
from lbt.problems import question_key
from lbt.refine.exemplars import Exemplar
from lbt.refine.showing import Problem

Written = tuple[str, str, str]
"""Question, rationale and answer."""

_BLOCK = re.compile(r"<example>(.*?)</example>", re.DOTALL | re.IGNORECASE)
_TAGS = {
    name: re.compile(rf"<{name}>(.*?)</{name}>", re.DOTALL | re.IGNORECASE)
    for name in ("question", "reasoning", "answer")
}
_LINES = re.compile(
    r"^\W*(?:question|text|statement)\W*:[\s*]*(?P<question>.+?)"
    r"(?:^\W*(?:reasoning|rationale|explanation|reason)\W*:[\s*]*(?P<reasoning>.*?))?"
    r"^\W*(?:answer|label)\W*:[ \t*]*(?P<answer>[^\n]+)",
    re.DOTALL | re.IGNORECASE | re.MULTILINE,
)
_LEAST_LINE = 30
"""Characters of a line that tells which question it is from."""


def read_exemplars(text: str) -> list[Written]:
    """The worked examples that a reply holds.

    A reply is read by its tags. One without a single tagged example is read by lines that begin "Question:",
    "Reasoning:" and "Answer:", or words like them. Anything else in the reply is no part of an example.
    """
    tagged = [_of_block(block) for block in _BLOCK.findall(text)]
    if found := [one for one in tagged if one is not None]:
        return found
    return [
        (line["question"].strip(), (line["reasoning"] or "").strip(), line["answer"].strip(" *\t"))
        for line in _LINES.finditer(text)
    ]


def _of_block(block: str) -> Written | None:
    parts = {name: found[1].strip() for name, tag in _TAGS.items() if (found := tag.search(block))}
    if not parts.get("question") or not parts.get("answer"):
        return None
    return parts["question"], parts.get("reasoning", ""), parts["answer"]


@dataclass(frozen=True)
class Rules:
    """What a set that the teacher wrote has to keep.

    Args:
        count: How many exemplars it has.
        labels: The answers that there are, canonical to as written; None where any answer may be.
        domain: What an answer is.
        right: The canonical gold answer of training questions, by `question_key`.
        held_out: Keys of the evaluation questions and of their longest lines, none of which may be written.
    """

    count: int
    labels: Mapping[str, str] | None
    domain: Domain
    right: dict[str, str | None]
    held_out: tuple[str, ...]

    @classmethod
    def of(
        cls,
        problems: Iterable[Problem],
        count: int,
        labels: Mapping[str, str] | None,
        domain: Domain,
        right: bool,
    ) -> "Rules":
        """The rules for these problems; with `right`, a training question must have its gold answer."""
        rows = list(problems)
        known = [row for row in rows if row["role"] != "evaluation"] if right else []
        held_out = [key for row in rows if row["role"] == "evaluation" for key in _telling(row["question"])]
        golds = {question_key(row["question"]): domain.canonical(row["answer"]) for row in known}
        return cls(count, labels, domain, golds, tuple(held_out))

    def fault(self, written: Sequence[Written]) -> str | None:
        """Why a set cannot be used; None if it can."""
        if len(written) != self.count:
            return f"has {len(written)} exemplars, not {self.count}"
        for question, rationale, answer in written:
            label = self.domain.canonical(answer)
            if label is None or (self.labels is not None and label not in self.labels):
                return f"has the answer {answer[:40]!r}, which is not valid"
            if self.right.get(question_key(question), label) != label:
                return f"answers the training question {question[:40]!r} wrongly"
            if self._gives_away(f"{question}\n{rationale}"):
                return f"repeats an evaluation problem: {question[:40]!r}"
        if max(Counter(question_key(question) for question, _, _ in written).values()) > 1:
            return "asks one question twice"
        return None

    def _gives_away(self, text: str) -> bool:
        key = question_key(text)
        return any(told in key for told in self.held_out)

    def exemplars(self, written: Sequence[Written], form: str) -> list[Exemplar]:
        """The rows as exemplars, labels spelt as the problems spell them."""
        spelt = self.labels or {}
        return [
            Exemplar.made(form, question, rationale, spelt.get(self.domain.canonical(answer) or "", answer))
            for question, rationale, answer in written
        ]


def _telling(question: str) -> set[str]:
    """By what a question is known in another text: its key, and that of its longest line if that is long."""
    longest = max(question.split("\n"), key=len)
    keys = {question_key(question)}
    return keys | {question_key(longest)} if len(longest) >= _LEAST_LINE else keys
