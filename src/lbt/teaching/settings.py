"""Parameters of the teaching stage."""

from pydantic import Field

from lbt.configuration import Settings
from lbt.generation import SamplingSettings


class TeachingSettings(Settings):
    """How many rationales the teacher gives for each teaching problem, and how they are sampled."""

    samples: int = Field(default=16, ge=1)
    sampling: SamplingSettings
