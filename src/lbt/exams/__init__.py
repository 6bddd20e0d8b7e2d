"""Students sit exams with the teacher's rationales as demos."""

from lbt.exams.plan import plan_exams
from lbt.exams.settings import ExamSettings
from lbt.exams.sitting import sit_exams

__all__ = ["ExamSettings", "plan_exams", "sit_exams"]
