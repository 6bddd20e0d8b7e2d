"""Make the exams of all teaching problems by the maker that the settings name."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping

import pandas as pd

from lbt.errors import DataError
from lbt.exams.makers.family import rank_by_family
from lbt.exams.makers.fixed import rank_by_list
from lbt.exams.makers.nearest import rank_by_nearness
from lbt.exams.makers.same_answer import SharedAnswers
from lbt.exams.makers.subject_level import rank_by_subject_and_level
from lbt.exams.settings import ExamSettings
from lbt.grading import Domain
from lbt.problems import question_key

logger = logging.getLogger(__name__)

Ranking = Iterator[tuple[str, Iterable[str]]]
"""Each teaching problem with the ids of the exam problems that suit it, the first to be taken first."""

_MAKERS: Mapping[str, Callable[[pd.DataFrame, pd.DataFrame, ExamSettings, int], Ranking]] = {
    "family": rank_by_family,
    "nearest": rank_by_nearness,
    "subject_level": rank_by_subject_and_level,
    "fixed": rank_by_list,
}
_SHOWN = 10


def make_exams(
    taught: pd.DataFrame,
    problems: pd.DataFrame,
    settings: ExamSettings,
    seed: int,
    domain: Domain,
    warn: bool = True,
) -> dict[str, list[str]]:
    """For each teaching problem in `taught`, the sorted ids of at most `problems_per_demo` exam problems.

    These have the role exam, or with `teaching_problems` that or the role teaching.

    Whatever the maker, no exam asks what its teaching problem asks (as `question_key` sees it), nor one
    question twice, and the order of the rows makes no difference. With `same_answer` avoid, problems that
    have the teaching problem's answer are taken after all others. What a teaching problem gets does not
    depend on which others are taught. A teaching problem that no exam problem suits is left out; with `warn`
    a warning counts these and short exams. Raises DataError if none is left, and where a maker says so.
    """
    taught = taught.sort_values("problem_id", ignore_index=True)
    roles = ["exam", "teaching"] if settings.teaching_problems else ["exam"]
    pool = problems[problems["role"].isin(roles)].sort_values("problem_id", ignore_index=True)
    keys: dict[str, str] = dict(zip(pool["problem_id"], pool["question"].map(question_key), strict=True))
    own = dict(zip(taught["problem_id"], taught["question"].map(question_key), strict=True))
    rankings = _MAKERS[settings.maker](taught, pool, settings, seed)
    if settings.same_answer == "avoid":
        answers = SharedAnswers(pd.concat([taught, pool]), domain)
        rankings = ((name, answers.others_first(name, ranked)) for name, ranked in rankings)
    exams = {
        problem_id: _take(ranked, keys, own[problem_id], settings.problems_per_demo)
        for problem_id, ranked in rankings
    }
    made = {problem_id: exam for problem_id, exam in exams.items() if exam}
    if exams and not made:
        raise DataError(
            f"exams.maker: {settings.maker} finds no exam problem for any of the {len(exams)} teaching "
            f"problems ({', '.join(list(exams)[:3])}, ...). "
            "Loosen its parameters, or add problems with role: exam."
        )
    if warn:
        _tell(taught, exams, made, settings)
    return made


def _take(ranked: Iterable[str], keys: Mapping[str, str], own: str, wanted: int | None) -> list[str]:
    taken: dict[str, str] = {}
    for problem_id in ranked:
        if len(taken) == wanted:
            break
        if keys[problem_id] != own:
            taken.setdefault(keys[problem_id], problem_id)
    return sorted(taken.values())


def _tell(
    taught: pd.DataFrame,
    exams: Mapping[str, list[str]],
    made: Mapping[str, list[str]],
    settings: ExamSettings,
) -> None:
    without = [problem_id for problem_id in exams if problem_id not in made]
    if without:
        logger.warning(
            "%d of %d teaching problems have no exam, since no exam problem suits them (exams.maker: %s): %s",
            len(without),
            len(exams),
            settings.maker,
            ", ".join(without[:_SHOWN]),
        )
    families = dict(zip(taught["problem_id"], taught["family"], strict=True))
    wanted = settings.problems_per_demo or 1
    short = {families[name] for name, exam in made.items() if len(exam) < wanted}
    if short:
        logger.warning(
            "%d families have fewer than %d exam problems (exams.problems_per_demo), so their scores rest on "
            "fewer answers: %s",
            len(short),
            wanted,
            ", ".join(sorted(short)[:_SHOWN]),
        )
