"""Exam makers: which exam problems a teaching problem's demos are tried on."""

from lbt.exams.making.companions import Companions
from lbt.exams.making.exams import make_exams
from lbt.exams.making.report import report_exams

__all__ = ["Companions", "make_exams", "report_exams"]
