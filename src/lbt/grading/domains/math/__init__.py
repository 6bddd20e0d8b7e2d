"""Mathematical answers: where they stand, how they are tidied, and when they are equal."""

from lbt.grading.domains.math.domain import MathDomain

__all__ = ["MathDomain"]
