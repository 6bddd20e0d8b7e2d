"""The world of mathematics: 28 families of grade-school problems, each with right and wrong procedures."""

from lbt.pocket.world.arithmetic import ARITHMETIC
from lbt.pocket.world.family import Family, Numbers
from lbt.pocket.world.stories import STORIES
from lbt.pocket.worlds import Kind

FAMILIES: dict[str, Family] = {family.name: family for family in (*ARITHMETIC, *STORIES)}

__all__ = ["FAMILIES", "Family", "Kind", "Numbers"]
