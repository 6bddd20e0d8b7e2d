"""Exam makers: which exam problems a teaching problem's demos are tried on."""

from lbt.exams.makers.companions import Companions
from lbt.exams.makers.counts import report_exams
from lbt.exams.makers.exams import make_exams
from lbt.exams.makers.nearest import nearest_first, similarities

__all__ = ["Companions", "make_exams", "nearest_first", "report_exams", "similarities"]
