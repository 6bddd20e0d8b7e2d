"""Parameters of learning from an instructor."""

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from lbt.configuration import Settings
from lbt.exams import NearestSettings
from lbt.generation import SamplingSettings
from lbt.training import FineTuningSettings

Arm = Literal["original", "blind", "le", "lec"]
FROM_ERRORS: tuple[Arm, ...] = ("le", "lec")
"""The arms whose items are made from the target's wrong answers."""


class ContrastSettings(NearestSettings):
    """Which rightly answered questions stand beside a wrongly answered one (arm lec)."""

    count: int = Field(default=3, ge=1)


class WritingPrompts(Settings):
    """What the instructor is told where it writes the questions.

    In each text {count} is the number of new problems, {question} the training problem, {answer} the target's
    wrong answer, and {right} the nearest questions that it answered rightly, each written as `right` says.
    """

    tutor: str = Field(min_length=1, description="The system message: role, rules and form.")
    error: str = Field(description="What follows in the arm le.")
    contrast: str = Field(description="In the arm lec.")
    imitation: str = Field(description="In the arm blind, where nothing is said of an answer.")
    right: str = Field(description="How one rightly answered question is listed.")

    @field_validator("error", "contrast", "imitation", "right")
    @classmethod
    def _shows_the_question(cls, text: str) -> str:
        if "{question}" not in text:
            raise ValueError("must hold {question}, where a question is to stand")
        return text

    @model_validator(mode="after")
    def _show_what_they_are_about(self) -> Self:
        for name, text in (("error", self.error), ("contrast", self.contrast)):
            if "{answer}" not in text:
                raise ValueError(f"{name} must hold {{answer}}, where the target's wrong answer is to stand")
        if "{right}" not in self.contrast:
            raise ValueError("contrast must hold {right}, where the rightly answered questions are to stand")
        return self


class InstructorSettings(Settings):
    """Who learns from what, and how often (LLMs-as-Instructors, Ying et al. 2407.00497).

    The teacher of `models` is the instructor, and the student named `target` learns. In each iteration the
    target answers the training problems, every arm gets as many items, and one target for each arm is trained
    on them, beginning with the arm's target of the iteration before.
    """

    target: str = Field(min_length=1, description="A student of `models`.")
    arms: tuple[Arm, ...] = Field(min_length=1)
    questions: Literal["written", "variants"] = Field(
        description="written: the instructor writes them; variants: new numbers are drawn (the pocket)."
    )
    iterations: int = Field(default=2, ge=1)
    problems: int | None = Field(
        default=None, ge=1, description="Training problems, instead of problems.teaching; that if not given."
    )
    items: int = Field(default=400, ge=1, description="What each arm learns from in an iteration.")
    minimum_items: int = Field(default=50, ge=1, description="With fewer an arm is not trained.")
    spare: int = Field(default=1, ge=0, description="Items of each source beyond what is needed.")
    mix: float = Field(default=0.0, ge=0, lt=1, description="Share of original data in every arm.")
    label_free: bool = Field(
        default=False, description="An error is a disagreement with the instructor's majority."
    )
    contrast: ContrastSettings = ContrastSettings()
    answering: SamplingSettings = Field(description="The target's answers to the training problems.")
    solving: SamplingSettings = Field(description="The instructor's own answers to problems.")
    writing: SamplingSettings = Field(description="The instructor's new problems.")
    solutions: int = Field(
        default=4,
        ge=1,
        description="The instructor's answers to a training problem, and to a variant with answer.",
    )
    verify: Literal["none", "majority", "answer"] = Field(
        default="majority",
        description="none: keep all; majority: the instructor's further answers must agree; answer: the "
        "solution must reach the known answer of a variant.",
    )
    votes: int = Field(default=4, ge=1, description="Further answers that verify an item.")
    prompts: WritingPrompts
    training: FineTuningSettings = FineTuningSettings()

    @field_validator("arms")
    @classmethod
    def _each_arm_once(cls, arms: tuple[Arm, ...]) -> tuple[Arm, ...]:
        if len(set(arms)) < len(arms):
            raise ValueError("names an arm twice")
        return arms

    @model_validator(mode="after")
    def _known_answers_are_those_of_variants(self) -> Self:
        if self.verify == "answer" and self.questions == "written":
            raise ValueError(
                "verify is 'answer', but the true answers of written questions are not known; set verify: "
                "majority, or questions: variants"
            )
        if self.minimum_items > self.items:
            raise ValueError(f"minimum_items ({self.minimum_items}) is more than items ({self.items})")
        return self

    @property
    def needs_references(self) -> bool:
        """Whether the instructor answers the training problems itself."""
        return "original" in self.arms or self.mix > 0 or self.label_free

    def for_each(self, sources: int) -> int:
        """How many items are asked for from each of so many sources, as in the paper's code with spare 1."""
        return -(-self.items // sources) + self.spare
