"""What an instruction needs, said before anything is generated."""

import pandas as pd

from lbt.errors import DataError, ModelError, SettingsError
from lbt.evaluation import EvaluationSettings
from lbt.generation import ModelsSettings, check_room, identify_model
from lbt.grading import Domain, runs_programs
from lbt.instructor.roles import student_of
from lbt.instructor.settings import InstructorSettings
from lbt.pocket.variants import VARIED


def check_requirements(
    problems: pd.DataFrame,
    models: ModelsSettings,
    settings: InstructorSettings,
    evaluation: EvaluationSettings,
    domain: Domain,
) -> None:
    """Raise LbtError where the target cannot be trained or compared, or questions cannot be made."""
    name = f"models.students.{settings.target}"
    target = student_of(models, settings)
    if target.speaks_chat:
        raise ModelError(
            f"{name}: {target.path} has no weights here (a server's chat API or a script gives its answers), "
            "so it cannot be trained. Give the target's weights as its path, or name another student in "
            "instructor.target."
        )
    if runs_programs(domain):
        raise SettingsError(
            "domain is 'code', but the instructor's new problems would come without tests, so that nothing "
            "could check their programs. Use problems whose answers can be compared."
        )
    _check_problems(problems, settings)
    identity = identify_model(target, name)
    check_room(target, identity, settings.answering, "instructor.answering")
    check_room(target, identity, evaluation.sampling, "evaluation.sampling")


def _check_problems(problems: pd.DataFrame, settings: InstructorSettings) -> None:
    if not problems["role"].eq("evaluation").any():
        raise DataError(
            "There is no held-out problem to measure the target on. Set problems.evaluation to a few "
            "hundred, or give some problems role: evaluation."
        )
    taught = problems[problems["role"] == "teaching"]
    others = sorted(set(taught["source"]) - VARIED)
    if settings.questions == "variants" and others:
        raise SettingsError(
            "instructor.questions is 'variants', but new numbers can be drawn for the built-in problems only "
            f"(problems.source: pocket), not for those of {others[0]}. Set instructor.questions: written, "
            "with an instructor that can write problems."
        )
