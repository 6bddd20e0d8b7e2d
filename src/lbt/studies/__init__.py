"""Studies: arms, seeds, conditions and rounds of ordinary runs, and what they show together."""

from lbt.studies.cells import Cell, list_cells
from lbt.studies.comparing import compare_arms
from lbt.studies.outcomes import read_outcomes
from lbt.studies.settings import StudySettings

__all__ = ["Cell", "StudySettings", "compare_arms", "list_cells", "read_outcomes"]
