"""Parameters of the exams stage."""

from pydantic import Field

from lbt.configuration import Settings
from lbt.generation import SamplingSettings


class ExamSettings(Settings):
    """How many exam problems a demo is tried on, and how often; at temperature 0 one repeat is enough."""

    problems_per_demo: int = Field(default=3, ge=1)
    repeats: int = Field(default=3, ge=1)
    sampling: SamplingSettings
