"""Everything that can be checked before a model is loaded."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pandas as pd

from lbt.errors import ModelError
from lbt.evaluation import EvaluationSettings
from lbt.exams import ExamSettings, report_exams
from lbt.generation import ModelIdentity, ModelsSettings, check_room, identify_model
from lbt.grading import GradingSettings
from lbt.pipelines.parameters import Domain, MaximumGenerations, Seed, gather_settings
from lbt.planning import JOBS, check_size, rough_promptings
from lbt.pocket.problems import SOURCES, load_pocket_problems
from lbt.problems import ProblemSettings, check_leakage, load_problems
from lbt.teaching import TeachingSettings


def ingest_problems(
    problems: ProblemSettings, exams: ExamSettings, seed: Seed, domain: Domain, grading: GradingSettings
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The problems with their roles, and a report of what was read and of the exams that it makes."""
    table, report = read_problems(problems, seed, domain, grading, exams)
    return table, report | {"exams": report_exams(table, exams, seed.root, domain.graded_by(grading))}


def read_problems(
    problems: ProblemSettings,
    seed: Seed,
    domain: Domain,
    grading: GradingSettings,
    exams: ExamSettings | None,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The problems with their roles, and a report of what was read; without `exams` none need examine."""
    graded_by = domain.graded_by(grading)
    graded_by.prepare()
    if problems.source in SOURCES:
        return load_pocket_problems(problems, seed.root)
    return load_problems(
        problems,
        seed.root,
        graded_by,
        examined_by_family=exams is not None and exams.maker == "family",
        needs_exam_problems=exams is not None and not exams.teaching_problems,
    )


def find_leaks(problems: pd.DataFrame) -> dict[str, Any]:
    """Refuse problems that occur in two roles."""
    return check_leakage(problems)


def identify_models(
    models: ModelsSettings, teaching: TeachingSettings, exams: ExamSettings
) -> dict[str, Any]:
    """What each configured model is, by its parameter; an unknown or too small one stops the run."""
    students = {f"models.students.{name}": student for name, student in models.students.items()}
    named = {"models.teacher": models.teacher} | students
    identities = {name: identify_model(model, name) for name, model in named.items()}
    check_room(models.teacher, identities["models.teacher"], teaching.sampling, "teaching.sampling")
    for name, student in students.items():
        check_room(student, identities[name], exams.sampling, "exams.sampling")
    return {name: asdict(identity) for name, identity in identities.items()}


def check_trainable(
    models: ModelsSettings, evaluation: EvaluationSettings, model_identities: dict[str, Any]
) -> dict[str, bool]:
    """Refuse a teacher that cannot be trained, or not be evaluated, before anything is generated."""
    if models.teacher.speaks_chat:
        raise ModelError(
            f"models.teacher: {models.teacher.path} has no weights here (a server's chat API or a "
            "script gives its answers), so it cannot be trained. Give the teacher's weights as its path, "
            "with server.api: completions if a server runs it."
        )
    identity = ModelIdentity(**model_identities["models.teacher"])
    check_room(models.teacher, identity, evaluation.sampling, "evaluation.sampling")
    return {"trainable": True}


def check_size_of(job: str) -> Callable[..., dict[str, int]]:
    """The node that says how many answers a job, one of `JOBS`, may ask for; too many stop the run there."""

    def check(
        problems: pd.DataFrame, parameters: dict[str, Any], maximum_generations: MaximumGenerations
    ) -> dict[str, int]:
        settings = gather_settings(parameters)
        counted = JOBS[job].count(settings, problems, rough_promptings(settings.models))
        return check_size(counted.loads, maximum_generations.root)

    return check
