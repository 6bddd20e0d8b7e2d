"""Students sit exams with the teacher's rationales as demos."""

from lbt.exams.adaptive import AdaptiveExams, sit_adaptively
from lbt.exams.examiner import ExactExaminer, Examined, Question
from lbt.exams.making import report_exams
from lbt.exams.papers import ExamPapers
from lbt.exams.plan import plan_exams
from lbt.exams.racing import RacingExaminer
from lbt.exams.settings import ExamSettings
from lbt.exams.sitting import sit_exams
from lbt.exams.students import for_each_student

__all__ = [
    "AdaptiveExams",
    "ExactExaminer",
    "ExamPapers",
    "ExamSettings",
    "Examined",
    "Question",
    "RacingExaminer",
    "for_each_student",
    "plan_exams",
    "report_exams",
    "sit_adaptively",
    "sit_exams",
]
