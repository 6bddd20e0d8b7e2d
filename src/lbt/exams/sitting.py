"""One student answers the planned exams."""

from collections.abc import Mapping
from threading import Event
from typing import Any

import pandas as pd

from lbt.errors import ModelError
from lbt.exams.plan import COLUMNS as PLANNED
from lbt.exams.settings import ExamSettings
from lbt.generation import GenerationStore, ModelSettings, Request, generate
from lbt.grading import ANSWERED, COUNTED, Domain
from lbt.prompts import PromptSettings, exam_messages
from lbt.teaching.asking import Requests, answer_columns, make_request, to_table, usage_of
from lbt.teaching.rationales import advice_for_no_answer

_DEMO = ["demo_id", "problem_id", "text"]
COLUMNS = {
    "student": "str",
    "demo_id": "str",
    "teaching_problem_id": "str",
    "exam_problem_id": "str",
    "family": "str",
    "repeat": "int64",
    "text": "str",
    "answer": "str",
    "verdict": "str",
    "finish_reason": "str",
    "tokens": "int64",
}


def sit_exams(
    plan: pd.DataFrame,
    problems: pd.DataFrame,
    rationales: pd.DataFrame,
    student_name: str,
    student: ModelSettings,
    prompts: PromptSettings,
    settings: ExamSettings,
    store: GenerationStore,
    seed: int,
    domain: Domain,
    stopping: Event | None = None,
) -> tuple[pd.DataFrame, dict[str, float]]:
    """The graded answers of one student to every planned exam, and the generations' usage.

    Each plan row is one request with as many samples as there are repeats (one at temperature 0, where all
    repeats would be equal). Another thread ends it by setting `stopping`. Raises ModelError if the student
    gives no readable answer in any exam.
    """
    questions: dict[str, str] = dict(zip(problems["problem_id"], problems["question"], strict=True))
    golds: dict[str, str] = dict(zip(problems["problem_id"], problems["answer"], strict=True))
    demos = {
        demo_id: (questions[problem_id], text)
        for demo_id, problem_id, text in zip(*(rationales[name] for name in _DEMO), strict=True)
    }
    rows = plan.to_dict("records")
    repeats = settings.repeats if settings.sampling.temperature > 0 else 1

    def ask(row: Mapping[Any, Any]) -> Request:
        question = questions[row["exam_problem_id"]]
        messages = exam_messages(question, [demos[name] for name in _demo_ids(row)], prompts)
        return make_request(messages, prompts, repeats, settings.sampling, seed)

    samples = generate(student, Requests(rows, ask), store, f"exams of {student_name}", stopping)
    records = (
        {
            "student": student_name,
            **{column: row[column] for column in PLANNED},
            "repeat": repeat,
            **answer_columns(domain, golds[row["exam_problem_id"]], completion),
        }
        for row, completions in zip(rows, samples.completions, strict=True)
        for repeat, completion in enumerate(completions)
    )
    answers = to_table(records, COLUMNS)
    _check_answers(answers, student_name, student)
    return answers, usage_of(samples)


def _demo_ids(row: Mapping[Any, Any]) -> list[str]:
    """The exam's demos in their order in the prompt, the examined one last."""
    examined = [] if pd.isna(row["demo_id"]) else [row["demo_id"]]
    return [*row.get("companions", "").split(), *examined]


def _check_answers(answers: pd.DataFrame, name: str, student: ModelSettings) -> None:
    if answers.empty or answers["verdict"].isin(ANSWERED).any():
        return
    counted = answers[answers["verdict"].isin(COUNTED)]
    if counted.empty:
        raise ModelError(
            f"The student {name!r} ({student.path}) sat no exam: all {len(answers)} generations failed. "
            "Look for their errors above, and run again; nothing needs to be repeated."
        )
    raise ModelError(
        f"The student {name!r} ({student.path}) gave no readable answer in {len(counted)} exam answers. "
        f"{advice_for_no_answer(counted, 'exams')}"
    )
