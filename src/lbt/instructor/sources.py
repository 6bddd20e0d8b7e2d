"""What the instructor's items are made from: wrong answers, alone or in contrast, or problems at random."""

from dataclasses import dataclass, replace

import pandas as pd

from lbt.exams import nearest_first, similarities
from lbt.instructor.answering import right_and_wrong
from lbt.instructor.roles import Roles
from lbt.instructor.settings import Arm
from lbt.prompts import Demo
from lbt.seeds import random_stream


@dataclass(frozen=True)
class Source:
    """One training problem that new ones are made from.

    Attributes:
        problem_id: Its id.
        family: Its family.
        question: What it asks.
        wrong: The target's wrong answer; None in the arm that does not look at errors.
        contrast: The nearest questions that the target answered rightly, with its answers.
        contrast_ids: Their ids.
    """

    problem_id: str
    family: str
    question: str
    wrong: str | None = None
    contrast: tuple[Demo, ...] = ()
    contrast_ids: tuple[str, ...] = ()


def make_sources(roles: Roles, arm: Arm, iteration: int, answers: pd.DataFrame) -> list[Source]:
    """The sources of an arm, of the target's answers to the training problems before this iteration.

    For blind as many training problems as there are items to make, at most all, drawn by seed; for le and lec
    one for each wrong answer.
    """
    if arm == "blind":
        return _at_random(roles, iteration)
    right, wrong = right_and_wrong(answers)
    questions = dict(zip(roles.taught["problem_id"], roles.taught["question"], strict=True))
    errors = [
        Source(name, family, questions[name], text)
        for name, family, text in wrong[["problem_id", "family", "text"]].itertuples(index=False)
    ]
    return _beside_the_nearest(roles, errors, right, questions) if arm == "lec" else errors


def _at_random(roles: Roles, iteration: int) -> list[Source]:
    order = random_stream(roles.asker.seed, "instructor", "blind", str(iteration)).permutation(
        len(roles.taught)
    )
    drawn = roles.taught.iloc[order[: roles.settings.items]]
    return [Source(*row) for row in drawn[["problem_id", "family", "question"]].itertuples(index=False)]


def _beside_the_nearest(
    roles: Roles, errors: list[Source], right: pd.DataFrame, questions: dict[str, str]
) -> list[Source]:
    if right.empty:
        return errors
    ids, texts = list(right["problem_id"]), list(right["text"])
    pool = [questions[name] for name in ids]
    settings = roles.settings.contrast
    rows = similarities([error.question for error in errors], pool, settings)
    found = []
    for error, row in zip(errors, rows, strict=True):
        nearest = [int(place) for place in nearest_first(row)[: settings.count]]
        demos = tuple((pool[place], texts[place]) for place in nearest)
        found.append(replace(error, contrast=demos, contrast_ids=tuple(ids[place] for place in nearest)))
    return found
