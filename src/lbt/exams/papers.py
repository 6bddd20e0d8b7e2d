"""What stands on an exam's papers, and what is filed about the answers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from lbt.exams.plan import COLUMNS as PLANNED
from lbt.exams.settings import ExamSettings
from lbt.generation import Completion, Request
from lbt.grading import Domain
from lbt.prompts import PromptSettings, exam_messages
from lbt.teaching.asking import Answer, make_request

_DEMO = ["demo_id", "problem_id", "text"]

Row = Mapping[Any, Any]
"""A row of the exam plan."""


class ExamPapers:
    """The exams of a plan: the request that each row is, and the answers that its completions are."""

    def __init__(
        self,
        problems: pd.DataFrame,
        rationales: pd.DataFrame,
        prompts: PromptSettings,
        settings: ExamSettings,
        seed: int,
        domain: Domain,
    ) -> None:
        self._questions: dict[str, str] = dict(zip(problems["problem_id"], problems["question"], strict=True))
        self._golds: dict[str, str] = dict(zip(problems["problem_id"], problems["answer"], strict=True))
        self._demos = {
            demo_id: (self._questions[problem_id], text)
            for demo_id, problem_id, text in zip(*(rationales[name] for name in _DEMO), strict=True)
        }
        self._prompts = prompts
        self._sampling = settings.sampling
        self._seed = seed
        self.domain: Domain = domain
        self.repeats = settings.repeats if settings.sampling.temperature > 0 else 1
        """Answers to each paper: one at temperature 0, where all would be equal."""

    def request(self, row: Row, samples: int | None = None) -> Request:
        """The request for the first `samples` answers to a paper, for all repeats by default."""
        messages = exam_messages(
            self._questions[row["exam_problem_id"]],
            [self._demos[name] for name in _demo_ids(row)],
            self._prompts,
        )
        return make_request(messages, self._prompts, samples or self.repeats, self._sampling, self._seed)

    def answers(self, student: str, row: Row, completions: Sequence[Completion | None]) -> Iterator[Answer]:
        """The answers to a paper, one a repeat, to be graded."""
        own = {"student": student} | {column: row[column] for column in PLANNED}
        gold = self._golds[row["exam_problem_id"]]
        for repeat, completion in enumerate(completions):
            yield Answer({**own, "repeat": repeat}, gold, completion)


def _demo_ids(row: Row) -> list[str]:
    """The exam's demos in their order in the prompt, the examined one last."""
    examined: list[str] = [] if pd.isna(row["demo_id"]) else [row["demo_id"]]
    return [*row.get("companions", "").split(), *examined]
