"""Teacher and students answer questions with sets of exemplars in their prompts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Self

import pandas as pd

from lbt import tables
from lbt.asking import Asked, Asker, OpenModel, Task, Usage, add_usage, check_answered
from lbt.generation import ModelSettings, ModelsSettings, SamplingSettings
from lbt.prompts import exam_messages
from lbt.refine.exemplars import ExemplarSet
from lbt.refine.settings import RefineSettings
from lbt.refine.showing import Problem, shown
from lbt.seeds import random_stream

TEACHER = "teacher"
NO_SET = ""
"""Stands for the id of a set where no exemplar is shown."""


class Examiner:
    """Asks the models of a run and keeps account of their answers; use it in a `with` block.

    Args:
        asker: What asks.
        models: The teacher and the students.
        problems: The table `problems`.
        settings: How exemplars are shown and answers sampled; `keep_models` leaves models loaded between
            calls, of which equal ones are loaded once.
    """

    def __init__(
        self, asker: Asker, models: ModelsSettings, problems: pd.DataFrame, settings: RefineSettings
    ) -> None:
        self.asker = asker
        self.models: dict[str, ModelSettings] = {TEACHER: models.teacher} | dict(models.students)
        self.students = list(models.students)
        self.problems: dict[str, Problem] = {row["problem_id"]: row for row in problems.to_dict("records")}
        self.settings = settings
        self.answers: Counter[str] = Counter()
        """Answers by what they were for, whether generated here or before, equal ones counted each time."""
        self.usages: list[Usage] = []
        self._resources = ExitStack()
        self._opened: dict[ModelSettings, OpenModel] = {}

    def of_role(self, role: str) -> list[str]:
        """The ids of all problems of a role, sorted."""
        return sorted(name for name, row in self.problems.items() if row["role"] == role)

    def answer(
        self, who: str, sets: Sequence[ExemplarSet | None], problem_ids: Sequence[str], part: str
    ) -> pd.DataFrame:
        """The table `refine_answers` of one model to the same questions with each set.

        Raises ModelError if the model gives no readable answer at all.
        """
        asked = self.ask(who, self._tasks(who, sets, problem_ids, self.settings.sampling), part)
        name = "The teacher" if who == TEACHER else f"The student {who!r}"
        check_answered(asked.table, name, self.models[who], "refine")
        return asked.table

    def measure(self, chosen: ExemplarSet | None, part: str) -> pd.DataFrame:
        """The teacher's greedy answers to the held-out problems, judged by their whole gold answer."""
        names = self.of_role("evaluation")
        if self.settings.held_out is not None:
            order = random_stream(self.asker.seed, "refine", "held out").permutation(names)
            names = sorted(str(name) for name in order[: self.settings.held_out])
        tasks = self._tasks(TEACHER, [chosen], names, self.settings.greedy, whole=True)
        return self.ask(TEACHER, tasks, part).table

    def ask(self, who: str, tasks: Sequence[Task], part: str, before: int = 0) -> Asked:
        """Put tasks to a model by its name.

        Args:
            who: The model.
            tasks: What to ask.
            part: Begins with what it is for and a colon, as in "students: exams, round 2".
            before: Of the samples those that were asked for, and counted, before.
        """
        model = self.models[who]
        if not self.settings.keep_models:
            with self.asker.open(model, f"refining, {who}") as opened:
                asked = opened.ask(tasks, tables.refine_answers, part)
        else:
            if model not in self._opened:
                opened = self.asker.open(model, f"refining, {who}")
                self._opened[model] = self._resources.enter_context(opened)
            asked = self._opened[model].ask(tasks, tables.refine_answers, part)
        self.usages.append(asked.usage)
        self.answers[part.partition(":")[0]] += sum(task.samples for task in tasks) - before
        return asked

    def count(self, part: str, asked: Asked) -> None:
        """Take into the account what another stage asked."""
        self.usages.append(asked.usage)
        self.answers[part] += len(asked.table)

    @property
    def usage(self) -> Usage:
        """What all calls cost."""
        nothing = dict.fromkeys(("new", "reused", "failed", "tokens", "seconds"), 0.0)
        return add_usage([nothing, *self.usages])

    def _tasks(
        self,
        who: str,
        sets: Sequence[ExemplarSet | None],
        problem_ids: Sequence[str],
        sampling: SamplingSettings,
        whole: bool = False,
    ) -> list[Task]:
        problems = [self.problems[name] for name in problem_ids]
        gold = str if whole else self.asker.domain.exam_gold
        return [
            Task(
                exam_messages(problem["question"], [one.demo for one in before], self.asker.prompts),
                gold(problem["answer"]),
                _columns(who, chosen, problem),
                1,
                sampling,
            )
            for chosen in sets
            for problem, before in zip(problems, shown(chosen, problems, self.settings), strict=True)
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._resources.close()


def _columns(who: str, chosen: ExemplarSet | None, problem: Problem) -> Mapping[str, str]:
    return {
        "who": who,
        "set_id": NO_SET if chosen is None else chosen.id,
        "problem_id": problem["problem_id"],
        "family": problem["family"],
    }
