"""Exams anew for what a selection chose, on exam problems that had no part in it."""

import pandas as pd

from lbt import tables
from lbt.exams.makers import make_exams
from lbt.exams.settings import ExamSettings
from lbt.grading import Domain
from lbt.teaching.rationales import demo_id


def plan_reexam(
    pairs: pd.DataFrame,
    exam_plan: pd.DataFrame,
    problems: pd.DataFrame,
    settings: ExamSettings,
    seed: int,
    domain: Domain,
) -> pd.DataFrame:
    """One row per chosen or rejected rationale and fresh exam problem, as in `exam_plan`, without a baseline.

    A score that chose a rationale is too good on average, as the best of several always is (the winner's
    curse); on other exam problems it is not. Each teaching problem gets at most `settings.reexam` problems
    that suit it and are not in its exam, the next ones in the order of its exam's maker; where none is left
    its pairs are not examined again.
    """
    if not settings.reexam or pairs.empty:
        return tables.make_table(tables.reexam_plan, [])
    taught = problems[problems["problem_id"].isin(pairs["problem_id"])]
    used = exam_plan.groupby("teaching_problem_id")["exam_problem_id"].agg(set).to_dict()
    wanted = (settings.problems_per_demo or 0) + settings.reexam
    larger = settings.model_copy(update={"problems_per_demo": wanted})  # its first ones are the exam's own
    exams = make_exams(taught, problems, larger, seed, domain)
    family = dict(zip(taught["problem_id"], taught["family"], strict=True))
    rows = []
    for problem, own in pairs.groupby("problem_id", sort=True):
        demos = sorted({demo_id(str(problem), text) for text in [*own["chosen"], *own["rejected"]]})
        fresh = [exam for exam in exams.get(str(problem), []) if exam not in used.get(problem, set())]
        rows += [(demo, problem, exam, family[problem]) for demo in demos for exam in fresh]
    return tables.make_table(tables.reexam_plan, rows)
