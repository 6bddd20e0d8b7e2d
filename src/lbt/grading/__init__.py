"""Verdicts on answers: what was answered, and whether it is right."""

from lbt.grading.numbers import read_number
from lbt.grading.verdicts import (
    ANSWERED,
    COUNTED,
    Domain,
    Graded,
    Verdict,
    check_gold_answers,
    grade,
    grade_completion,
)

__all__ = [
    "ANSWERED",
    "COUNTED",
    "Domain",
    "Graded",
    "Verdict",
    "check_gold_answers",
    "grade",
    "grade_completion",
    "read_number",
]
