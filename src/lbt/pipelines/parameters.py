"""Types of the parameters that belong to the run and to no single stage."""

from pathlib import Path
from typing import Literal

from pydantic import NonNegativeInt, RootModel


class Seed(RootModel[NonNegativeInt]):
    """The run's one seed; each use derives its own from it."""


class Domain(RootModel[Literal["number", "text", "math"]]):
    """What an answer is, which decides how it is graded."""


class Folder(RootModel[Path]):
    """A folder that a stage keeps its unfinished work in."""
