"""Parameters of the problems stage."""

from typing import Literal, Self

from pydantic import Field, model_validator

from lbt.configuration import Settings


class PocketProblemSettings(Settings):
    """How the embedded domain draws its problems."""

    lucky_share: float = Field(default=0.5, ge=0, le=1)


class ProblemSettings(Settings):
    """Where the problems come from and how many of each role are used.

    `teaching` and `evaluation` are at most so many problems in all, `exam_per_family` at most so many exam
    problems in a family's pool; `evaluation: 0` leaves the evaluation out. `bad_rows` says whether a file
    with an unusable row is refused or used without it.
    """

    source: Literal["pocket", "jsonl", "gsm8k"] = "pocket"
    path: str | None = None
    teaching: int = Field(default=84, ge=1)
    exam_per_family: int = Field(default=12, ge=1)
    evaluation: int = Field(default=560, ge=0)
    bad_rows: Literal["refuse", "set_aside"] = "refuse"
    pocket: PocketProblemSettings = PocketProblemSettings()

    @model_validator(mode="after")
    def _a_file_needs_a_path(self) -> Self:
        if self.source != "pocket" and not self.path:
            raise ValueError(
                f"problems.source is {self.source!r}, so problems.path must name a file; "
                "for the built-in problems set problems.source: pocket"
            )
        return self
