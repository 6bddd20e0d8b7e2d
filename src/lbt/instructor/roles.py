"""Who teaches whom about what: the inputs that all steps of an instruction share."""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from lbt.asking import Asker, Task
from lbt.errors import SettingsError
from lbt.generation import ModelSettings, ModelsSettings
from lbt.instructor.settings import InstructorSettings
from lbt.prompts import Demo, exam_messages

Purpose = Literal["reference", "writing", "solving", "verifying"]


def student_of(models: ModelsSettings, settings: InstructorSettings) -> ModelSettings:
    """The student that learns; raises SettingsError if no student has the target's name."""
    student = models.students.get(settings.target)
    if student is None:
        raise SettingsError(
            f"instructor.target is {settings.target!r}, but there is no models.students.{settings.target}. "
            f"Students: {', '.join(models.students)}."
        )
    return student


@dataclass(frozen=True)
class Roles:
    """The instructor, the target before any training, and the problems.

    Attributes:
        asker: What both are asked with.
        settings: How.
        instructor: The teacher of the run.
        target: The student that learns, as it is run in this process.
        taught: The training problems, by problem_id.
        held_out: The evaluation problems, by problem_id.
    """

    asker: Asker
    settings: InstructorSettings
    instructor: ModelSettings
    target: ModelSettings
    taught: pd.DataFrame
    held_out: pd.DataFrame

    @classmethod
    def of(
        cls, asker: Asker, problems: pd.DataFrame, models: ModelsSettings, settings: InstructorSettings
    ) -> "Roles":
        """From the table `problems` and the configured models; raises SettingsError as `student_of`."""
        taught, held_out = (
            problems[problems["role"] == role].sort_values("problem_id", ignore_index=True)
            for role in ("teaching", "evaluation")
        )
        student = student_of(models, settings)
        target = student.model_copy(update={"engine": _here(student), "server": None})
        return cls(asker, settings, models.teacher, target, taught, held_out)

    def question(
        self, question: str, gold: str, columns: dict[str, object], samples: int, demo: Demo | None = None
    ) -> Task:
        """A question to the instructor, after a demo if there is one."""
        messages = exam_messages(question, [demo] if demo else [], self.asker.prompts)
        return Task(messages, gold, columns, samples, self.settings.solving)


def _here(student: ModelSettings) -> str:
    """The engine that runs the target before and after its training: never a server's."""
    return "transformers" if student.engine == "openai" else student.engine


def columns_of(arm: str, iteration: int, purpose: Purpose, about: str) -> dict[str, object]:
    """The columns that a reply of the instructor is filed under."""
    return {"arm": arm, "iteration": iteration, "purpose": purpose, "about": about}
