"""Students answer the planned exams."""

from collections.abc import Mapping
from threading import Event

import pandas as pd

from lbt import tables
from lbt.asking import Asked, Asker, add_usage, check_answered
from lbt.exams.papers import ExamPapers
from lbt.exams.students import for_each_student
from lbt.generation import GenerationStore, ModelSettings


def sit_exams(asker: Asker, papers: ExamPapers, students: Mapping[str, ModelSettings]) -> Asked:
    """The graded answers of all students to every paper: the table `exam_answers`.

    One model at a time is loaded; students that have servers of their own sit side by side. Raises ModelError
    if a student gives no readable answer in any exam.
    """

    def sit(name: str, student: ModelSettings, stopping: Event) -> Asked:
        # A connection of its own: SQLite's belong to the thread that opened them.
        with GenerationStore(asker.store.path) as store:
            return sit_one(asker.with_store(store), papers, name, student, stopping)

    asked = for_each_student(students, sit)
    table = pd.concat([one.table for one in asked], ignore_index=True)
    first = pd.concat([one.first for one in asked], ignore_index=True)
    return Asked(table, add_usage(one.usage for one in asked), first)


def sit_one(
    asker: Asker, papers: ExamPapers, name: str, student: ModelSettings, stopping: Event | None = None
) -> Asked:
    """As `sit_exams`, of one student; another thread ends it by setting `stopping`."""
    debug = asker.debug.students
    asked = asker.ask(
        student, f"{papers.purpose} of {name}", papers.tasks(name), tables.exam_answers, stopping, debug
    )
    check_student(asked.table, name, student)
    return asked


def check_student(answers: pd.DataFrame, name: str, student: ModelSettings) -> None:
    """Raise ModelError if a student that sat exams gave no readable answer in any."""
    check_answered(answers, f"The student {name!r}", student, "exams")
