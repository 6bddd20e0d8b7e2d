"""Verdicts on answers: what was answered, and whether it is right."""

from lbt.grading.classes import answer_classes
from lbt.grading.many import grade_completions, grade_many, grader_version
from lbt.grading.numbers import read_number
from lbt.grading.paper import paper_answer_key, paper_key
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
    "answer_classes",
    "canonical_answer",
    "grade",
    "grade_completion",
    "grade_completions",
    "grade_many",
    "grader_version",
    "paper_answer_key",
    "paper_key",
    "read_number",
]
