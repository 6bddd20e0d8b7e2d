"""The target answers problems; which it gets wrong."""

from collections.abc import Mapping

import pandas as pd

from lbt import tables
from lbt.asking import Asked, Task
from lbt.generation import ModelSettings, SamplingSettings
from lbt.instructor.roles import Roles
from lbt.prompts import teaching_messages

Golds = Mapping[str, str]
"""What a right answer to each training problem equals; problems without one are not answered."""


def answer_tasks(
    roles: Roles, arm: str, iteration: int, golds: Golds | None, evaluation: SamplingSettings
) -> list[Task]:
    """The tasks for a target after so many trainings: all held-out problems, greedily, and the training
    problems of `golds`, where its answers are wanted for a next iteration."""
    parts: list[tuple[pd.DataFrame, str, SamplingSettings, Golds | None]] = [
        (roles.held_out, "evaluation", evaluation, None)
    ]
    if golds is not None:
        taught = roles.taught[roles.taught["problem_id"].isin(list(golds))]
        parts.append((taught, "teaching", roles.settings.answering, golds))
    return [
        Task(
            teaching_messages(problem["question"], roles.asker.prompts),
            known[problem["problem_id"]] if known is not None else problem["answer"],
            {
                "arm": arm,
                "iteration": iteration,
                "role": role,
                "problem_id": problem["problem_id"],
                "family": problem["family"],
            },
            1,
            sampling,
        )
        for problems, role, sampling, known in parts
        for problem in problems.to_dict("records")
    ]


def answer_problems(roles: Roles, target: ModelSettings, tasks: list[Task], part: str) -> Asked:
    """The graded answers: the table `instructor_answers`."""
    return roles.asker.ask(target, f"answers of the target, {part}", tasks, tables.instructor_answers)


def right_and_wrong(answers: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The training answers that are right, and those that are not; a failed generation is neither."""
    taught = answers[answers["role"].eq("teaching") & answers["verdict"].ne("error")]
    right = taught["verdict"].eq("correct")
    return taught[right], taught[~right]
