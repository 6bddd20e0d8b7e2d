"""Students sit exams with the teacher's rationales as demos."""

from lbt.exams.makers import report_exams
from lbt.exams.papers import ExamPapers
from lbt.exams.plan import plan_exams
from lbt.exams.settings import ExamSettings
from lbt.exams.sitting import sit_exams
from lbt.exams.students import for_each_student

__all__ = [
    "ExamPapers",
    "ExamSettings",
    "for_each_student",
    "plan_exams",
    "report_exams",
    "sit_exams",
]
