"""Learning from an instructor's problems, made from errors (LE), errors in contrast (LEC), or blindly."""

from lbt.instructor.comparing import Outcomes, accuracy_by_family, instructor_metrics, make_rounds
from lbt.instructor.loop import Instruction, run_instruction
from lbt.instructor.roles import Roles
from lbt.instructor.settings import InstructorSettings

__all__ = [
    "Instruction",
    "InstructorSettings",
    "Outcomes",
    "Roles",
    "accuracy_by_family",
    "instructor_metrics",
    "make_rounds",
    "run_instruction",
]
