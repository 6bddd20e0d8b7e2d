"""Word problems of one and of two steps, in families that differ in their numbers, names and things."""

from lbt.problems.elementary.drawing import draw_elementary
from lbt.problems.elementary.examples import draw_examples
from lbt.problems.elementary.family import Family
from lbt.problems.elementary.one_step import ONE_STEP
from lbt.problems.elementary.sides import side_of
from lbt.problems.elementary.two_steps import TWO_STEPS

__all__ = ["ONE_STEP", "TWO_STEPS", "Family", "draw_elementary", "draw_examples", "side_of"]
