"""The LbT score of every demo, by student and over the students."""

import logging
from collections.abc import Sequence

import numpy as np
import pandas as pd

from lbt import tables
from lbt.errors import DataError
from lbt.grading import COUNTED
from lbt.scoring.settings import ScoringSettings
from lbt.statistics import exam_score_intervals

logger = logging.getLogger(__name__)

MEAN = "mean"
_DEMO = ["demo_id", "teaching_problem_id", "family"]


def score_rationales(exam_answers: pd.DataFrame, settings: ScoringSettings) -> pd.DataFrame:
    """One row per demo and student, and one per demo for the mean over the students (student "mean").

    lbt_score is the share of right answers among the demo's counted ones (n; failed generations are not
    counted), baseline_score the same share without a demo on the same exam problems, gain their difference;
    the interval of lbt_score speaks of further exam problems like these. A demo without a counted answer of a
    student has no row for that student, and no "mean" row either: a mean over the other students would not
    compare with the rest. Without a counted baseline answer baseline_score and gain are NaN.
    """
    counted = exam_answers[exam_answers["verdict"].isin(COUNTED)]
    if MEAN in set(exam_answers["student"]):
        raise DataError(f"A student is named {MEAN!r}, which stands for all students together. Rename it.")
    by_problem = _by_exam_problem(counted)
    if by_problem.empty:
        return tables.make_table(tables.lbt_scores, [])
    single = _scores(by_problem)
    students = sorted(exam_answers["student"].unique())
    mean = _mean_over_students(single, len(students))
    missing = by_problem["demo_id"].nunique() - len(mean)
    if missing:
        logger.warning("%d demos lack a counted exam answer of some student and get no mean score.", missing)
    scores = pd.concat([single, mean], ignore_index=True)
    intervals = _intervals(by_problem, students, settings.confidence)
    scores = scores.merge(intervals, on=["demo_id", "student"], how="left")
    ordered = scores.sort_values(["teaching_problem_id", "demo_id", "student"], ignore_index=True)
    return ordered[list(tables.lbt_scores.columns)]


def _by_exam_problem(counted: pd.DataFrame) -> pd.DataFrame:
    """Right and counted answers per (demo, exam problem, student), with the baseline's beside them."""
    marked = counted.assign(right=counted["verdict"].eq("correct").astype(float), asked=1.0)
    with_demo = marked[marked["demo_id"].notna()]
    keys = [*_DEMO, "student", "exam_problem_id"]
    sums = with_demo.groupby(keys, as_index=False)[["right", "asked"]].sum()
    baseline = (
        marked[marked["demo_id"].isna()]
        .groupby(["student", "exam_problem_id"], as_index=False)[["right", "asked"]]
        .sum()
        .rename(columns={"right": "base_right", "asked": "base_asked"})
    )
    return sums.merge(baseline, on=["student", "exam_problem_id"], how="left")


def _scores(by_problem: pd.DataFrame) -> pd.DataFrame:
    sums = by_problem.groupby([*_DEMO, "student"], as_index=False)[
        ["right", "asked", "base_right", "base_asked"]
    ].sum()
    baseline = sums["base_right"] / sums["base_asked"].where(sums["base_asked"] > 0)
    scores = sums[[*_DEMO, "student"]].assign(
        lbt_score=sums["right"] / sums["asked"], baseline_score=baseline, n=sums["asked"].astype(int)
    )
    return scores.assign(gain=scores["lbt_score"] - scores["baseline_score"])


def _mean_over_students(single: pd.DataFrame, students: int) -> pd.DataFrame:
    grouped = single.groupby(_DEMO, as_index=False)
    mean = grouped.agg(
        lbt_score=("lbt_score", "mean"),
        baseline_score=("baseline_score", "mean"),
        baselines=("baseline_score", "count"),
        n=("n", "sum"),
        seen=("student", "size"),
    )
    mean = mean[mean["seen"] == students]
    # A mean over some students' baselines would not belong to the mean of all their scores.
    baseline = mean["baseline_score"].where(mean["baselines"] == students)
    mean = mean.assign(student=MEAN, baseline_score=baseline, gain=mean["lbt_score"] - baseline)
    return mean.drop(columns=["seen", "baselines"])


def _intervals(by_problem: pd.DataFrame, students: Sequence[str], confidence: float) -> pd.DataFrame:
    """ci_low and ci_high per (demo, student) and (demo, "mean")."""
    ordered = by_problem.sort_values(["demo_id", "exam_problem_id"])
    rows, names = pd.factorize(ordered["demo_id"])
    columns = ordered["student"].map({name: i for i, name in enumerate(students)}).to_numpy()
    places = (ordered.groupby("demo_id")["exam_problem_id"].rank("dense").astype(int) - 1).to_numpy()
    right, asked = np.zeros((2, len(names), len(students), int(places.max()) + 1))
    right[rows, columns, places], asked[rows, columns, places] = ordered["right"], ordered["asked"]
    frames = []
    for number, student in enumerate([*students, MEAN]):
        chosen = slice(None) if student == MEAN else slice(number, number + 1)
        complete = (asked[:, chosen].sum(axis=2) > 0).all(axis=1)
        low, high = exam_score_intervals(right[complete, chosen], asked[complete, chosen], confidence)
        frames.append(
            pd.DataFrame({"demo_id": names[complete], "student": student, "ci_low": low, "ci_high": high})
        )
    return pd.concat(frames, ignore_index=True)
