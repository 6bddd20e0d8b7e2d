"""Types of the parameters that belong to the run and to no single stage."""

from pathlib import Path
from typing import Self

from pydantic import NonNegativeInt, RootModel, model_validator

from lbt import grading


class Seed(RootModel[NonNegativeInt]):
    """The run's one seed; each use derives its own from it."""


class Domain(RootModel[str]):
    """What an answer is, which decides how it is graded."""

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        if self.root not in grading.DOMAINS:
            raise ValueError(f"must be one of {', '.join(grading.DOMAINS)}")
        return self

    def graded_by(self, settings: grading.GradingSettings) -> grading.Domain:
        """The domain of this name."""
        return grading.domain_named(self.root, settings)


class Folder(RootModel[Path]):
    """A folder that a stage keeps its unfinished work in."""
