"""How answers are graded."""

from typing import Literal

from pydantic import Field

from lbt.configuration import Settings

Extraction = Literal["strict", "flexible"]


class GradingSettings(Settings):
    """Where answers are looked for, and what comparing them may take."""

    extraction: Extraction = Field(
        "flexible",
        description="strict takes an answer only where a completion marks it; flexible, where no mark states "
        "one, also takes the last number, formula or choice of the last sentence that has one.",
    )
    workers: int | None = Field(
        None, ge=1, description="Processes that compare mathematical answers; one for each CPU if not given."
    )
    limit_s: float = Field(
        5.0, gt=0, description="Seconds that one comparison may take; a longer one is an error."
    )
