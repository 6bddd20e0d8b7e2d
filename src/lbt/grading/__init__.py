"""Verdicts on answers: what was answered, and whether it is right."""

from lbt.grading.numbers import read_number
from lbt.grading.verdicts import (
    ANSWERED,
    COUNTED,
    Domain,
    Graded,
    Verdict,
    canonical_answer,
    grade,
    grade_completion,
)

__all__ = [
    "ANSWERED",
    "COUNTED",
    "Domain",
    "Graded",
    "Verdict",
    "canonical_answer",
    "grade",
    "grade_completion",
    "read_number",
]
