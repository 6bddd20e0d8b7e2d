"""Answers that are Python programs, right if every test of their problem passes."""

import logging
import sys
from collections.abc import Sequence
from dataclasses import replace

from lbt.errors import DataError
from lbt.grading.domains.code.behaviour import behaviours
from lbt.grading.domains.code.examination import DETAILS, examine, judged, without_program
from lbt.grading.domains.code.extraction import Found, find_program
from lbt.grading.domains.code.gold import CodeGold, gold_fault, read_gold
from lbt.grading.domains.code.outputs import Calls, Outputs, outputs_of
from lbt.grading.domains.domain import Domain
from lbt.grading.settings import GradingSettings
from lbt.grading.verdicts import Attempt, Graded
from lbt.sandbox.programs import containment

logger = logging.getLogger(__name__)

Key = tuple[str, str]
"""Gold answer and program."""

_REMEMBERED = 50_000


class CodeDomain(Domain):
    """Programs, which are run in a sandbox; the gold answer is the tests (`CodeGold`).

    correct: every test passes. truncated: the text was cut, and the program not closed by its fence. error:
    the sandbox could not examine the program, or the gold answer cannot be read.
    """

    name = "code"
    rules = 1
    """Version of the rules of extraction and of the tests' helpers; a change of any verdict raises it."""
    slow = True
    details = DETAILS

    def __init__(self, settings: GradingSettings) -> None:
        self.settings = settings.code
        self._classes: dict[Key, str | None] = {}

    def version(self) -> str:
        """Name, version of the rules, Python and the limits of a program."""
        limits = ", ".join(f"{name} {value}" for name, value in self.settings.limits.model_dump().items())
        return f"{self.name} {self.rules}, python {sys.version_info[0]}.{sys.version_info[1]}, {limits}"

    def prepare(self) -> None:
        """Say what keeps programs in; raises SandboxError where no safe sandbox is possible."""
        layers = containment(self.settings.unsafe_execution, self.settings.launcher)
        logger.info("Programs are run in a sandbox (%s).", layers)

    def outputs(self, asked: Sequence[Calls]) -> list[Outputs]:
        """What programs give for calls: see `outputs_of`."""
        return outputs_of(asked, self.settings)

    def grade(self, attempts: Sequence[Attempt]) -> list[Graded]:
        """The verdicts; each different program is examined once for each problem."""
        reduced = [self.reduced(attempt) for attempt in attempts]
        golds = {attempt.gold: _readable(attempt.gold) for attempt in reduced}
        pairs = {
            (attempt.gold, attempt.text): gold
            for attempt in reduced
            if attempt.rule is not None and (gold := golds[attempt.gold]) is not None
        }
        examined = examine([(gold, program) for (_, program), gold in pairs.items()], self.settings)
        found = {
            key: judged(gold, key[1], results)
            for (key, gold), results in zip(pairs.items(), examined, strict=True)
        }
        return [self._graded(attempt, found) for attempt in reduced]

    def reduced(self, attempt: Attempt) -> Attempt:
        """The program alone; the attempt itself if it holds none, or one that was cut."""
        if attempt.rule is not None:
            return attempt
        found = self._find(attempt)
        if found is None or (attempt.cut and not found.closed):
            return attempt
        return Attempt(attempt.gold, found.program, cut=False, rule=found.rule)

    def exam_gold(self, gold: str) -> str:
        """The problem with its visible tests alone, if it has any: the paper's V-score."""
        whole = read_gold(gold)
        return whole.model_copy(update={"hidden": ()}).dumped() if whole.visible and whole.hidden else gold

    def canonical(self, answer: str) -> str | None:
        """The text without spaces around it; programs that do the same may have many.

        Of tests it is what they ask for: two rows may test one question in two ways.
        """
        gold = _readable(answer)
        return answer.strip() or None if gold is None else f"{gold.kind} {gold.entry_point}"

    def answer_class(self, gold: str) -> str | None:
        """None: tests tell which programs are right, not whether one is right for two problems."""
        return None

    def votes(self, answers: Sequence[str | None], gold: str) -> list[str | None]:
        """One key for programs that give the same on the inputs of the visible tests and on made ones.

        Hidden tests, their inputs too, stay out as they do in an exam.
        """
        gold = self.exam_gold(gold)
        new = list(
            dict.fromkeys(
                answer for answer in answers if answer is not None and (gold, answer) not in self._classes
            )
        )
        if len(self._classes) > _REMEMBERED:
            self._classes.clear()
            return self.votes(answers, gold)
        self._classes |= {
            (gold, program): key for program, key in behaviours(new, gold, self.settings).items()
        }
        return [None if answer is None else self._classes[gold, answer] for answer in answers]

    def gold_fault(self, gold: str) -> str | None:
        """What is wrong with the tests; None if nothing."""
        try:
            return gold_fault(read_gold(gold))
        except DataError as error:
            return str(error)

    def _find(self, attempt: Attempt) -> Found | None:
        gold = _readable(attempt.gold)
        return None if gold is None else find_program(attempt.text, gold)

    def _graded(self, attempt: Attempt, found: dict[Key, Graded]) -> Graded:
        gold = _readable(attempt.gold)
        if gold is None:
            return Graded("error", None, None)
        if attempt.rule is None:
            return Graded("truncated" if attempt.cut else "no_answer", None, None, without_program(gold))
        return replace(found[attempt.gold, attempt.text], rule=attempt.rule)


def _readable(gold: str) -> CodeGold | None:
    try:
        return read_gold(gold)
    except DataError:
        return None
