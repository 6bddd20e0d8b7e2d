"""Exams in waves that end as soon as they can no longer, or probably not, change which answer is selected."""

from lbt.search.examiner.exact import ExactExaminer, Examined, Question
from lbt.search.examiner.racing import RacingExaminer

__all__ = ["ExactExaminer", "Examined", "Question", "RacingExaminer"]
