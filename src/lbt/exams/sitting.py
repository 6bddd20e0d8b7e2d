"""One student answers the planned exams."""

from threading import Event

import pandas as pd

from lbt.errors import ModelError
from lbt.exams.papers import ExamPapers
from lbt.exams.settings import ExamSettings
from lbt.generation import GenerationStore, ModelSettings, generate
from lbt.grading import ANSWERED, COUNTED, Domain
from lbt.prompts import PromptSettings
from lbt.teaching.asking import Requests, graded_table, usage_of
from lbt.teaching.rationales import advice_for_no_answer

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

    Each plan row is one request with as many samples as there are repeats. Another thread ends it by setting
    `stopping`. Raises ModelError if the student gives no readable answer in any exam.
    """
    papers = ExamPapers(problems, rationales, prompts, settings, seed, domain)
    rows = plan.to_dict("records")
    samples = generate(student, Requests(rows, papers.request), store, f"exams of {student_name}", stopping)
    given = (
        answer
        for row, completions in zip(rows, samples.completions, strict=True)
        for answer in papers.answers(student_name, row, completions)
    )
    answers = graded_table(domain, given, COLUMNS, store.path)
    check_answers(answers, student_name, student)
    return answers, usage_of(samples)


def check_answers(answers: pd.DataFrame, name: str, student: ModelSettings) -> None:
    """Raise ModelError if a student that sat exams gave no readable answer in any."""
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
