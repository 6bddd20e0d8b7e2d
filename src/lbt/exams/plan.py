"""Which demo sits which exam problems."""

import logging
from collections.abc import Mapping
from typing import Any

import pandas as pd

from lbt.errors import DataError
from lbt.exams.settings import ExamSettings
from lbt.grading import ANSWERED
from lbt.problems import question_key
from lbt.seeds import random_stream

logger = logging.getLogger(__name__)

COLUMNS = ["demo_id", "teaching_problem_id", "exam_problem_id", "family"]


def plan_exams(
    problems: pd.DataFrame, rationales: pd.DataFrame, settings: ExamSettings, seed: int
) -> pd.DataFrame:
    """One row per (demo, exam problem), and one without a demo per exam problem in use (the baseline).

    A demo is a distinct rationale that gave an answer; without one it teaches none and sits no exam. All
    demos of a teaching problem sit the same exam problems, drawn from its family's pool, none of which asks
    what the teaching problem asks. A family with fewer of them than `problems_per_demo` uses all it
    has, so that n falls; one with none raises DataError.
    """
    pools = dict(iter(problems[problems["role"] == "exam"].groupby("family")))
    demos = rationales[rationales["verdict"].isin(ANSWERED)].drop_duplicates("demo_id")
    demos_of = {problem: sorted(rows["demo_id"]) for problem, rows in demos.groupby("problem_id")}
    taught = problems[(problems["role"] == "teaching") & problems["problem_id"].isin(list(demos_of))]
    rows: list[tuple[str | None, str | None, str, str]] = []
    used: dict[str, str] = {}
    short: set[str] = set()
    for problem in taught.sort_values("problem_id").to_dict("records"):
        exam = _draw(problem, pools.get(problem["family"]), settings.problems_per_demo, seed)
        if len(exam) < settings.problems_per_demo:
            short.add(problem["family"])
        used |= dict.fromkeys(exam, problem["family"])
        rows += [
            (demo, problem["problem_id"], exam_problem, problem["family"])
            for demo in demos_of[problem["problem_id"]]
            for exam_problem in exam
        ]
    if short:
        logger.warning(
            "%d families have fewer than %d exam problems (exams.problems_per_demo), so their scores rest on "
            "fewer answers: %s",
            len(short),
            settings.problems_per_demo,
            ", ".join(sorted(short)[:10]),
        )
    rows += [(None, None, exam_problem, family) for exam_problem, family in sorted(used.items())]
    return pd.DataFrame(rows, columns=COLUMNS).astype("str")


def _draw(problem: Mapping[Any, Any], pool: pd.DataFrame | None, wanted: int, seed: int) -> list[str]:
    """Ids of at most `wanted` exam problems for a teaching problem, the same whatever the row order."""
    if pool is not None:
        own = question_key(problem["question"])
        other = sorted(pool.loc[pool["question"].map(question_key) != own, "problem_id"])
        if other:
            rng = random_stream(seed, "exam_problems", problem["problem_id"])
            return sorted(str(name) for name in rng.permutation(other)[:wanted])
    raise DataError(
        f"The family {problem['family']!r} of teaching problem {problem['problem_id']} ({problem['source']}) "
        "has no other problem with role exam, so nothing could examine it. Add one to its file."
    )
