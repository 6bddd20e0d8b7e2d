"""Exams anew for what a selection chose, on exam problems that had no part in it."""

from collections.abc import Iterable, Mapping

import pandas as pd

from lbt import tables
from lbt.exams.makers import make_exams
from lbt.exams.settings import ExamSettings
from lbt.grading import Domain
from lbt.teaching import demo_id


def plan_reexam(
    demos: Mapping[str, Iterable[str]],
    exam_plan: pd.DataFrame,
    problems: pd.DataFrame,
    settings: ExamSettings,
    seed: int,
    domain: Domain,
) -> pd.DataFrame:
    """One row per demo and fresh exam problem, as in `exam_plan`, without a baseline.

    A score that chose a rationale is too good on average, as the best of several always is (the winner's
    curse); on other exam problems it is not. Each teaching problem gets at most `settings.reexam` problems
    that suit it and are not in its exam, the next ones in the order of its exam's maker; where none is left
    its demos are not examined again.

    Args:
        demos: By teaching problem, the ids of those that are examined again.
        exam_plan: The table, of the exams that chose.
        problems: The table.
        settings: How exams are made, and how many fresh problems there are.
        seed: The run's.
        domain: What an answer is.
    """
    if not settings.reexam or not demos:
        return tables.make_table(tables.reexam_plan, [])
    taught = problems[problems["problem_id"].isin(list(demos))]
    used = exam_plan.groupby("teaching_problem_id")["exam_problem_id"].agg(set).to_dict()
    wanted = (settings.problems_per_demo or 0) + settings.reexam
    larger = settings.model_copy(update={"problems_per_demo": wanted})  # its first ones are the exam's own
    exams = make_exams(taught, problems, larger, seed, domain, warn=False)
    family = dict(zip(taught["problem_id"], taught["family"], strict=True))
    rows = [
        (demo, problem, exam, family[problem])
        for problem in sorted(demos)
        for demo in sorted(demos[problem])
        for exam in exams.get(problem, [])
        if exam not in used.get(problem, set())
    ]
    return tables.make_table(tables.reexam_plan, rows)


def demos_of_pairs(pairs: pd.DataFrame) -> dict[str, set[str]]:
    """By teaching problem, the demos of its chosen and rejected rationales."""
    return {
        str(problem): {demo_id(str(problem), text) for text in [*own["chosen"], *own["rejected"]]}
        for problem, own in pairs.groupby("problem_id")
    }
