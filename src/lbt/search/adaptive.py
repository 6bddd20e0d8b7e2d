"""Exams in waves: each asks only what can still change the selection."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import pandas as pd

from lbt import tables
from lbt.asking import Asked, Asker, OpenModel, Tasks, Usage, add_usage
from lbt.exams.papers import ExamPapers, Paper
from lbt.exams.sitting import check_student
from lbt.generation import ModelSettings
from lbt.grading import COUNTED, Voting
from lbt.search.ballots import make_ballots
from lbt.search.examiner import ExactExaminer, Examined, Question, RacingExaminer
from lbt.search.settings import SearchSettings


@dataclass(frozen=True)
class AdaptiveExams:
    """What came of exams that ended early."""

    answers: pd.DataFrame
    """The graded answers, as `sit_exams` gives them; their baseline is not asked."""
    first: pd.DataFrame
    """Of the answers that were debugged, the rows as they were before."""
    usage: Usage
    """The generations' usage, and the exam answers `asked` of those `planned`, in `waves` waves."""
    decisions: dict[str, str | None]
    """By teaching problem the vote key that is selected."""


def examine_adaptively(
    asker: Asker,
    papers: ExamPapers,
    rationales: pd.DataFrame,
    students: Mapping[str, ModelSettings],
    settings: SearchSettings,
) -> AdaptiveExams:
    """Let the students answer what the examiner asks, until every selection by `settings.rule` is decided.

    `settings.examiner` is exact, whose selection is that of the full exams, or racing. Each wave is one call
    of each student's engine. Engines stay open from wave to wave: models of several students in this process
    must fit into memory together; on servers they need not.
    """
    examiner = _make_examiner(papers, rationales, list(students), settings, asker)
    exams = _exams_of(papers)
    waves: list[Asked] = []
    debug = asker.debug.students
    with ExitStack() as stack:
        opened = {
            name: stack.enter_context(asker.open(student, f"exams of {name}"))
            for name, student in students.items()
        }
        while questions := examiner.wave():
            asked = [
                _ask(model, [one for one in questions if one.student == name], exams, papers, debug)
                for name, model in opened.items()
            ]
            waves += [answers for answers, _ in asked]
            examiner.record({question: mark for _, marks in asked for question, mark in marks.items()})
    none = tables.make_table(tables.exam_answers, [], asker.domain.details)
    answers = pd.concat([none, *(wave.table for wave in waves)], ignore_index=True)
    first = pd.concat([none, *(wave.first for wave in waves)], ignore_index=True)
    for name, student in students.items():
        check_student(answers[answers["student"] == name], name, student)
    counts = {"asked": examiner.asked, "planned": examiner.planned, "waves": examiner.waves_asked}
    usage = add_usage(wave.usage for wave in waves) | {name: float(n) for name, n in counts.items()}
    return AdaptiveExams(answers, first, usage, examiner.selected())


def _make_examiner(
    papers: ExamPapers,
    rationales: pd.DataFrame,
    students: Sequence[str],
    settings: SearchSettings,
    asker: Asker,
) -> ExactExaminer:
    planned = papers.plan[papers.plan["demo_id"].notna()]
    sizes = planned.groupby("teaching_problem_id")["exam_problem_id"].nunique()
    voting = Voting(asker.domain, papers.golds)
    examined = [
        Examined(name, ballot.keys, ballot.demo_ids, int(sizes.get(name, 0)) * papers.repeats)
        for name, ballot in make_ballots(rationales, voting, settings).items()
    ]
    if settings.examiner == "racing":
        return RacingExaminer(examined, students, settings, asker.seed)
    return ExactExaminer(examined, students, settings)


def _exams_of(papers: ExamPapers) -> dict[str, list[Paper]]:
    """The papers of every demo, in the order of its exam problems."""
    exams: dict[str, list[Paper]] = {}
    for paper in sorted(papers.of_demos(), key=lambda paper: paper["exam_problem_id"]):
        exams.setdefault(paper["demo_id"], []).append(paper)
    return exams


def _ask(
    model: OpenModel,
    questions: Sequence[Question],
    exams: Mapping[str, Sequence[Paper]],
    papers: ExamPapers,
    debug: bool,
) -> tuple[Asked, dict[Question, bool | None]]:
    """The wave's answers of one student, and each question's outcome; None for a generation that failed.

    Question k of a demo is repeat k // P of its paper k % P, of P papers. A paper's earlier repeats were
    asked in earlier waves and come from the store; only the wave's own are filed.
    """
    wanted: dict[tuple[str, str, int], Question] = {}
    repeats: dict[tuple[str, int], int] = {}
    for question in questions:
        exam = exams[question.demo_id]
        repeat, place = divmod(question.number, len(exam))
        wanted[question.demo_id, exam[place]["exam_problem_id"], repeat] = question
        repeats[question.demo_id, place] = max(repeat + 1, repeats.get((question.demo_id, place), 0))
    order = sorted(repeats)
    student = questions[0].student if questions else ""
    tasks = Tasks(order, lambda key: papers.task(student, exams[key[0]][key[1]], repeats[key]))
    asked = model.ask(tasks, tables.exam_answers, debug=debug)
    keys = _keys(asked.table)
    filed, first = (table[[key in wanted for key in _keys(table)]] for table in (asked.table, asked.first))
    marks = {
        wanted[key]: verdict == "correct" if verdict in COUNTED else None
        for key, verdict in zip(keys, asked.table["verdict"], strict=True)
        if key in wanted
    }
    return Asked(filed, asked.usage, first), marks


def _keys(answers: pd.DataFrame) -> list[tuple[str, str, int]]:
    """Demo, exam problem and repeat of each answer."""
    return list(zip(*(answers[name] for name in ("demo_id", "exam_problem_id", "repeat")), strict=True))
