"""Which demo sits which exam problems."""

import logging

import pandas as pd

from lbt import tables
from lbt.exams.makers import Companions, make_exams
from lbt.exams.settings import ExamSettings
from lbt.grading import ANSWERED, COUNTED, Domain

logger = logging.getLogger(__name__)


def plan_exams(
    problems: pd.DataFrame,
    rationales: pd.DataFrame,
    settings: ExamSettings,
    seed: int,
    domain: Domain,
    *,
    answerless: bool = False,
) -> pd.DataFrame:
    """One row per (demo, exam problem), and one without a demo per exam problem in use (the baseline).

    A demo is a distinct rationale that gave an answer; without one it teaches none and sits no exam, unless
    `answerless` says so, as the paper's code has it; failed generations never sit one. All
    demos of a teaching problem sit the same exam problems, which `make_exams` chooses; `family` is the
    teaching problem's, and in the baseline the exam problem's. With more than one demo per exam the column
    companions holds the ids of the further ones.
    """
    examined = COUNTED if answerless else ANSWERED
    demos = rationales[rationales["verdict"].isin(examined)].drop_duplicates("demo_id")
    demos_of = {problem: sorted(rows["demo_id"]) for problem, rows in demos.groupby("problem_id")}
    taught = problems[(problems["role"] == "teaching") & problems["problem_id"].isin(list(demos_of))]
    exams = make_exams(taught, problems, settings, seed, domain) if len(taught) else {}
    family: dict[str, str] = dict(zip(problems["problem_id"], problems["family"], strict=True))
    rows: list[tuple[str | None, str | None, str, str]] = [
        (demo, teaching_problem, exam_problem, family[teaching_problem])
        for teaching_problem, exam in exams.items()
        for demo in demos_of[teaching_problem]
        for exam_problem in exam
    ]
    used = sorted({name for exam in exams.values() for name in exam})
    rows += [(None, None, exam_problem, family[exam_problem]) for exam_problem in used]
    plan = tables.make_table(tables.exam_plan, rows)
    if settings.demos_per_exam > 1:
        companions = Companions(problems, demos, settings.demos_per_exam - 1, seed)
        plan["companions"] = pd.Series([companions.of(row[2], row[1]) for row in rows], dtype="str")
        _tell_of_fewer(plan["companions"], settings.demos_per_exam)
    return plan


def _tell_of_fewer(companions: pd.Series, wanted: int) -> None:
    fewer = sum(len(ids.split()) < wanted - 1 for ids in companions)
    if fewer:
        logger.warning(
            "%d of %d exams have fewer than %d demos (exams.demos_per_exam), since too few other teaching "
            "problems have one.",
            fewer,
            len(companions),
            wanted,
        )
