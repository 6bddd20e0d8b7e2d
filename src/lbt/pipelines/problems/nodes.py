"""Everything that can be checked before a model is loaded."""

from dataclasses import asdict
from typing import Any

import pandas as pd

from lbt.generation import ModelsSettings, identify_model
from lbt.pipelines.parameters import Domain, Seed
from lbt.problems import ProblemSettings, check_leakage, load_problems


def ingest_problems(
    problems: ProblemSettings, seed: Seed, domain: Domain
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The problems with their roles, and a report of what was read."""
    return load_problems(problems, seed.root, domain.root)


def find_leaks(problems: pd.DataFrame) -> dict[str, Any]:
    """Refuse problems that occur in two roles."""
    return check_leakage(problems)


def identify_models(models: ModelsSettings) -> dict[str, Any]:
    """What each configured model is, by its parameter; an unknown one stops the run here."""
    students = {f"models.students.{name}": student for name, student in models.students.items()}
    named = {"models.teacher": models.teacher} | students
    return {name: asdict(identify_model(model, name)) for name, model in named.items()}
