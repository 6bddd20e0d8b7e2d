"""Self-debug: a program that fails a visible test is shown that failure, and answered with another one."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from lbt.asking.tasks import Task, Tasks
from lbt.errors import SettingsError
from lbt.generation import GenerationStore
from lbt.grading import Attempt, Domain, Graded, grade_many, runs_programs
from lbt.prompts import DebugSettings, PromptSettings, debug_messages, tell_failure

log = logging.getLogger(__name__)


def check_debug(settings: DebugSettings, domain: Domain) -> None:
    """Raise SettingsError if something is to be debugged whose answers are not tried on tests."""
    if settings.on and not runs_programs(domain):
        which = "teacher" if settings.teacher else "students"
        raise SettingsError(
            f"debug.{which} shows a model the test that its program fails, but answers of domain "
            f"{domain.name!r} are not programs. Set domain: code, or debug.{which}: false."
        )


@dataclass(frozen=True, slots=True)
class _Failing:
    """Answers of one task with the same text, whose program fails a visible test."""

    task: int
    answer: str
    program: str
    test: str
    failure: str
    rows: tuple[int, ...]


class SecondTurns:
    """The second turns of some graded answers, as tasks, and what becomes of the answers.

    Only an answer whose program fails a visible test gets one, which shows it the first such test: a hidden
    test is never shown, and one without a program has nothing to show. Equal answers to a task get as many
    different second turns.

    Args:
        tasks: What was asked.
        table: The answers to them, in their order.
        domain: What an answer is.
        prompts: The text around a question.
        settings: What is said in the second turn.
    """

    def __init__(
        self,
        tasks: Sequence[Task],
        table: pd.DataFrame,
        domain: Domain,
        prompts: PromptSettings,
        settings: DebugSettings,
    ) -> None:
        self._asked = tasks
        self._table = table
        self._domain = domain
        self._prefill = prompts.prefill
        self._form = settings.form
        self._failing: list[_Failing] = []

    def find(self, store: GenerationStore) -> Tasks:
        """The tasks of the second turns; verdicts by visible tests come from the store where it has them."""
        self._failing = _together(self._failures(store))
        return Tasks(self._failing, self._task)

    def replace(self, second: pd.DataFrame, number: str, stage: str) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The table with the new answers, and the rows that they replace, with the failure that was shown.

        An answer whose second turn could not be generated stays as it is.

        Args:
            second: The answers to the tasks of `find`.
            number: The column that numbers the answers to a task.
            stage: What was asked, for the message.
        """
        shown = pd.DataFrame(
            [(row, one.test, one.failure) for one in self._failing for row in one.rows],
            columns=["row", "failed_test", "failure"],
        ).set_index("row")
        if shown.empty:
            return self._table, self._table.head(0)
        new = second.set_index(shown.index)
        new = new[new["finish_reason"] != "error"]
        old = self._table.loc[new.index]
        failed = f"; {len(shown) - len(new)} second turns failed" if len(new) < len(shown) else ""
        log.info("%s: %d of %d answers were debugged%s", stage, len(new), len(self._table), failed)
        kept = self._table.drop(index=new.index)
        table = pd.concat([kept, new.assign(**{number: old[number]})]).sort_index()
        return table, old.assign(**shown.loc[new.index]).reset_index(drop=True)

    def _failures(self, store: GenerationStore) -> list[_Failing]:
        """One for every answer that fails a visible test."""
        places = np.repeat(np.arange(len(self._asked)), [task.samples for task in self._asked])
        wrong = self._table[self._table["verdict"].eq("wrong") & self._table["visible_share"].lt(1)]
        # With the visible tests alone, so that no hidden one can be the first that fails.
        attempts = [
            Attempt(self._domain.exam_gold(self._asked[places[row]].gold), text, reason == "length")
            for row, text, reason in zip(wrong.index, wrong["text"], wrong["finish_reason"], strict=True)
        ]
        graded = grade_many(self._domain, attempts, cache=store.path)
        return [
            _Failing(int(places[row]), text, one.answer or "", *_told(one), (int(row),))
            for row, text, one in zip(wrong.index, wrong["text"], graded, strict=True)
            if one.verdict == "wrong" and one.details.get("visible_share") is not None
        ]

    def _task(self, failing: _Failing) -> Task:
        task = self._asked[failing.task]
        shown = {"test": failing.test, "failure": failing.failure, "program": failing.program}
        told = tell_failure(self._form, shown)
        messages = debug_messages(task.messages, self._prefill + failing.answer, told)
        return Task(messages, task.gold, task.columns, len(failing.rows), task.sampling)


def _told(graded: Graded) -> tuple[str, str]:
    """The first visible test that fails, and how."""
    test, failure = graded.details.get("failed_test"), graded.details.get("failure")
    return str(test or "(none could be tried)"), str(failure or "It does not pass.")


def _together(failures: Iterable[_Failing]) -> list[_Failing]:
    """Equal answers to one task become one, of several rows."""
    found: dict[tuple[int, str], _Failing] = {}
    for one in failures:
        before = found.get((one.task, one.answer))
        found[one.task, one.answer] = replace(before, rows=before.rows + one.rows) if before else one
    return list(found.values())
