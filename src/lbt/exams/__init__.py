"""Students sit exams with the teacher's rationales as demos."""

from lbt.exams.consensus import ask_for_consensus, with_consensus
from lbt.exams.makers import nearest_first, report_exams, same_answer_figures, similarities
from lbt.exams.papers import ExamPapers, ReexamPapers
from lbt.exams.plan import plan_exams
from lbt.exams.reexam import demos_of_pairs, plan_reexam
from lbt.exams.settings import ExamSettings, NearestSettings
from lbt.exams.sitting import sit_exams
from lbt.exams.students import for_each_student

__all__ = [
    "ExamPapers",
    "ExamSettings",
    "NearestSettings",
    "ReexamPapers",
    "ask_for_consensus",
    "demos_of_pairs",
    "for_each_student",
    "nearest_first",
    "plan_exams",
    "plan_reexam",
    "report_exams",
    "same_answer_figures",
    "similarities",
    "sit_exams",
    "with_consensus",
]
