"""Exams that end as soon as the selection is decided."""

from collections.abc import Mapping

import pandas as pd

from lbt.exams.adaptive import AdaptiveExams, sit_adaptively
from lbt.exams.examiner import ExactExaminer, Examined
from lbt.exams.papers import ExamPapers
from lbt.exams.racing import RacingExaminer
from lbt.generation import GenerationStore, ModelSettings
from lbt.grading import Domain
from lbt.search.ballots import make_ballots
from lbt.search.settings import SearchSettings


def examine_adaptively(
    exam_plan: pd.DataFrame,
    rationales: pd.DataFrame,
    papers: ExamPapers,
    students: Mapping[str, ModelSettings],
    settings: SearchSettings,
    store: GenerationStore,
    seed: int,
    domain: Domain,
) -> tuple[AdaptiveExams, dict[str, str | None]]:
    """The exams that were asked, and by teaching problem the vote key that `settings.rule` selects.

    `settings.examiner` is exact, whose selection is that of the full exams, or racing.
    """
    planned = exam_plan[exam_plan["demo_id"].notna()]
    sizes = planned.groupby("teaching_problem_id")["exam_problem_id"].nunique()
    examined = [
        Examined(name, ballot.keys, ballot.demo_ids, int(sizes.get(name, 0)) * papers.repeats)
        for name, ballot in make_ballots(rationales, domain, settings).items()
    ]
    names = list(students)
    examiner: ExactExaminer
    if settings.examiner == "racing":
        examiner = RacingExaminer(
            examined, names, settings.rule, settings.tie_rule, settings.waves, settings.racing_error, seed
        )
    else:
        examiner = ExactExaminer(examined, names, settings.rule, settings.tie_rule, settings.waves)
    exams = sit_adaptively(examiner, exam_plan, papers, students, store)
    return exams, examiner.selected()
