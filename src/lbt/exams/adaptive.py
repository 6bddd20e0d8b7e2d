"""Exams in waves: each asks only what can still change the selection."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import pandas as pd

from lbt.exams.examiner import ExactExaminer, Question
from lbt.exams.papers import ExamPapers, Row
from lbt.exams.sitting import COLUMNS, check_answers
from lbt.generation import GenerationStore, ModelSettings, Sampler
from lbt.grading import COUNTED
from lbt.teaching.asking import Answer, Requests, graded_table, usage_of


@dataclass(frozen=True)
class AdaptiveExams:
    """What came of exams that ended early."""

    answers: pd.DataFrame
    """The graded answers, as `sit_exams` gives them; their baseline is not asked."""
    usage: dict[str, float]
    """The generations' usage, and the exam answers `asked` of those `planned`, in `waves` waves."""


def sit_adaptively(
    examiner: ExactExaminer,
    plan: pd.DataFrame,
    papers: ExamPapers,
    students: Mapping[str, ModelSettings],
    store: GenerationStore,
) -> AdaptiveExams:
    """Let the students answer what the examiner asks, until every selection is decided.

    Each wave is one call of each student's engine. Engines stay open from wave to wave: models of several
    students in this process must fit into memory together; on servers they need not.

    Args:
        examiner: Made for these students, with a question for each exam problem and repeat of a demo.
        plan: All exams that may be asked, as `plan_exams` gives them.
        papers: The plan's papers.
        students: By name.
        store: Where answers are looked up and kept.
    """
    exams = _exams_of(plan)
    usage: Counter[str] = Counter()
    tables = [graded_table(papers.domain, [], COLUMNS)]
    with ExitStack() as stack:
        samplers = {
            name: stack.enter_context(Sampler(student, store, f"exams of {name}"))
            for name, student in students.items()
        }
        while questions := examiner.wave():
            asked: list[Question] = []
            given: list[Answer] = []
            for name, sampler in samplers.items():
                wanted = [question for question in questions if question.student == name]
                order, their_answers, costs = _ask(sampler, name, wanted, exams, papers)
                asked += order
                given += their_answers
                usage.update(costs)
            tables.append(graded_table(papers.domain, given, COLUMNS, store.path))
            marks = map(_mark, tables[-1]["verdict"])
            examiner.record(dict(zip(asked, marks, strict=True)))
    answers = pd.concat(tables, ignore_index=True)
    for name, student in students.items():
        check_answers(answers[answers["student"] == name], name, student)
    counts = {"asked": examiner.asked, "planned": examiner.planned, "waves": examiner.waves_asked}
    return AdaptiveExams(answers, {name: float(count) for name, count in {**usage, **counts}.items()})


def _exams_of(plan: pd.DataFrame) -> dict[str, list[Row]]:
    """The papers of every demo, in the order of its exam problems."""
    rows = plan[plan["demo_id"].notna()].sort_values(["demo_id", "exam_problem_id"])
    exams: dict[str, list[Row]] = {}
    for row in rows.to_dict("records"):
        exams.setdefault(row["demo_id"], []).append(row)
    return exams


def _ask(
    sampler: Sampler,
    student: str,
    questions: Sequence[Question],
    exams: Mapping[str, Sequence[Row]],
    papers: ExamPapers,
) -> tuple[list[Question], list[Answer], dict[str, float]]:
    """The wave's questions in another order, their answers, and the usage.

    Question k of a demo is repeat k // P of its paper k % P, of P papers.
    """
    wanted: dict[tuple[str, int], list[Question]] = {}
    for question in questions:
        paper = question.number % len(exams[question.demo_id])
        wanted.setdefault((question.demo_id, paper), []).append(question)

    def repeat_of(question: Question) -> int:
        return question.number // len(exams[question.demo_id])

    keys = sorted(wanted)
    requests = Requests(
        keys, lambda key: papers.request(exams[key[0]][key[1]], 1 + max(map(repeat_of, wanted[key])))
    )
    samples = sampler.generate(requests)
    order: list[Question] = []
    answers: list[Answer] = []
    for key, completions in zip(keys, samples.completions, strict=True):
        given = list(papers.answers(student, exams[key[0]][key[1]], completions))
        order += wanted[key]
        answers += [given[repeat_of(question)] for question in wanted[key]]
    return order, answers, usage_of(samples)


def _mark(verdict: str) -> bool | None:
    """Right or wrong; None for a generation that failed."""
    return verdict == "correct" if verdict in COUNTED else None
