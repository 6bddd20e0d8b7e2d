"""The world of code: 14 families of small Python functions, each with right and wrong procedures."""

from lbt.pocket.code.family import Family
from lbt.pocket.code.world import CODE, CODE_FAMILIES

__all__ = ["CODE", "CODE_FAMILIES", "Family"]
