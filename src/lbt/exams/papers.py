"""The exams of a plan: what each asks, and what is filed about its answers."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from lbt.asking import Task, Tasks
from lbt.exams.settings import ExamSettings
from lbt.grading import Domain
from lbt.prompts import PromptSettings, exam_messages

_DEMO = ["demo_id", "problem_id", "text"]

Paper = Mapping[Any, Any]
"""A row of the exam plan."""


class ExamPapers:
    """All papers of a plan, as tasks for any student.

    Args:
        plan: The table `exam_plan`.
        problems: The table `problems`.
        rationales: The demos, with `demo_id`, `problem_id` and `text`.
        prompts: The text around a question.
        settings: How often each paper is answered, and how answers are sampled.
        domain: What an exam holds an answer against: of a program, the visible tests only.
    """

    purpose = "exams"
    """What progress, store and dry run call them."""

    def __init__(
        self,
        plan: pd.DataFrame,
        problems: pd.DataFrame,
        rationales: pd.DataFrame,
        prompts: PromptSettings,
        settings: ExamSettings,
        domain: Domain,
    ) -> None:
        self.plan = plan
        self._questions: dict[str, str] = dict(zip(problems["problem_id"], problems["question"], strict=True))
        self.golds: dict[str, str] = dict(zip(problems["problem_id"], problems["answer"], strict=True))
        """The gold answer of every problem."""
        self._exam_golds = {name: domain.exam_gold(gold) for name, gold in self.golds.items()}
        self._demos = {
            demo_id: (self._questions[problem_id], text)
            for demo_id, problem_id, text in zip(*(rationales[name] for name in _DEMO), strict=True)
        }
        self._prompts = prompts
        self._sampling = settings.exam_sampling
        self.repeats = settings.repeats if settings.sampling.temperature > 0 else 1
        """Answers to each paper: one at temperature 0, where all would be equal."""

    def tasks(self, student: str, papers: Sequence[Paper] | None = None) -> Tasks:
        """The papers for a student, with all repeats; those of the whole plan by default."""
        rows = self.plan.to_dict("records") if papers is None else papers
        return Tasks(rows, lambda row: self.task(student, row, self.repeats))

    def task(self, student: str, paper: Paper, samples: int) -> Task:
        """The first `samples` answers of a student to a paper."""
        asked = paper["exam_problem_id"]
        demos = [self._demos[name] for name in _demo_ids(paper)]
        messages = exam_messages(self._questions[asked], demos, self._prompts)
        own = {name: paper[name] for name in ("demo_id", "teaching_problem_id", "exam_problem_id", "family")}
        return Task(messages, self._exam_golds[asked], {"student": student, **own}, samples, self._sampling)

    def of_demos(self) -> list[Paper]:
        """The papers with a demo, in the order of the plan."""
        return list(self.plan[self.plan["demo_id"].notna()].to_dict("records"))


class ReexamPapers(ExamPapers):
    """The papers of a plan that examines demos again."""

    purpose = "further exams"


def _demo_ids(paper: Paper) -> list[str]:
    """The exam's demos in their order in the prompt, the examined one last."""
    examined: list[str] = [] if pd.isna(paper["demo_id"]) else [paper["demo_id"]]
    return [*paper.get("companions", "").split(), *examined]
