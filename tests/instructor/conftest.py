"""What tests of the instructor share: its settings as configured, few problems, and the pocket's models."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from lbt.asking import Asker
from lbt.generation import ModelSettings
from lbt.instructor import InstructorSettings, Roles
from lbt.pocket.problems import draw_problems

ROOT = Path(__file__).parents[2]
MODELS = ROOT / "src/lbt/pocket/models"
CONFIGURED: dict[str, Any] = yaml.safe_load((ROOT / "conf/base/parameters_instructor.yml").read_text())[
    "instructor"
]


def instructor_settings(**options: Any) -> InstructorSettings:
    return InstructorSettings.model_validate(CONFIGURED | options)


def weak() -> ModelSettings:
    return ModelSettings(path=str(MODELS / "student_weak"), device="cpu")


@pytest.fixture(scope="session")
def problems() -> pd.DataFrame:
    return draw_problems(teaching=10, exam_per_family=1, evaluation=8, lucky_share=0.5, seed=0)


def roles_of(
    asker: Asker, problems: pd.DataFrame, instructor: ModelSettings, settings: InstructorSettings
) -> Roles:
    taught, held_out = (
        problems[problems["role"] == role].sort_values("problem_id", ignore_index=True)
        for role in ("teaching", "evaluation")
    )
    return Roles(asker, settings, instructor, weak(), taught, held_out)
