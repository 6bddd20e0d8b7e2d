"""Parameters of the scoring stage."""

from pydantic import Field

from lbt.configuration import Settings


class ScoringSettings(Settings):
    """How the intervals around scores are made."""

    bootstrap_samples: int = Field(default=1000, ge=100)
    confidence: float = Field(default=0.95, gt=0, lt=1)
