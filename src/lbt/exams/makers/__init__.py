"""Exam makers: which exam problems a teaching problem's demos are tried on."""

from lbt.exams.makers.companions import Companions
from lbt.exams.makers.counts import report_exams
from lbt.exams.makers.exams import make_exams
from lbt.exams.makers.nearest import nearest_first, similarities
from lbt.exams.makers.same_answer import SharedAnswers, same_answer_figures

__all__ = [
    "Companions",
    "SharedAnswers",
    "make_exams",
    "nearest_first",
    "report_exams",
    "same_answer_figures",
    "similarities",
]
