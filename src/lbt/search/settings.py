"""Parameters of the search for better answers without training."""

from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from lbt.configuration import Settings
from lbt.search.selection import ExamRule, Ties
from lbt.teaching import TeachingSettings

Baseline = Literal["teacher_exams", "worked_examples", "equal_generations"]
"""What the labels of the exam problems give without a student. teacher_exams: the teacher sits the exams
itself. worked_examples: the exam problems, solved, stand before the teaching problem; a majority votes. And
what the same cost gives without labels, equal_generations: a majority of as many rationales as there are
rationales and exam answers."""


class SearchSettings(Settings):
    """How an answer is selected from the teacher's rationales, and what it is compared with.

    `samples` rationales are drawn of each teaching problem, by default those of teaching.samples. The
    examiners exact and racing end an exam early and decide by `rule` alone, with all students together.
    `paper` selects as the paper's code does: votes are counted by its string keys, answerless rationales vote
    with their last line and sit exams too, a rationale scores its number of right exam answers, failed ones
    being wrong, ties go to most votes and then to the answer first seen latest. It overrides answers, ties
    and combination.
    """

    samples: int | None = Field(default=None, ge=1)
    examiner: Literal["full", "exact", "racing"] = "full"
    rule: ExamRule = "sum"
    waves: int = Field(default=12, ge=1)
    racing_error: float = Field(default=0.05, gt=0, lt=1)
    answers: Literal["classes", "paper"] = "classes"
    ties: Ties = "count"
    combination: Literal["mean", "pooled"] = "mean"
    paper: bool = False
    subsets: int = Field(default=10, ge=2)
    baselines: tuple[Baseline, ...] = ("teacher_exams", "worked_examples")
    solutions: int = Field(default=8, ge=0)
    examples: int | None = Field(default=None, ge=1)
    bootstrap_samples: int = Field(default=10_000, ge=100)
    confidence: float = Field(default=0.95, gt=0, lt=1)

    @field_validator("baselines", mode="before")
    @classmethod
    def _a_word_is_a_list(cls, baselines: Any) -> Any:
        # The command line cannot write a list.
        if isinstance(baselines, str):
            return () if baselines == "none" else (baselines,)
        return baselines

    @model_validator(mode="after")
    def _early_ends_know_one_score(self) -> Self:
        if self.examiner != "full" and (self.paper or self.combination != "mean"):
            raise ValueError(
                f"search.examiner {self.examiner!r} ends exams early by the mean of the students' scores; "
                "set search.examiner: full for search.paper: true or search.combination: pooled"
            )
        return self

    def of_teaching(self, teaching: TeachingSettings) -> TeachingSettings:
        """How rationales are sampled here."""
        return teaching.model_copy(update={"samples": self.samples or teaching.samples})

    @property
    def by_string(self) -> bool:
        """Whether votes are counted by the paper's string keys."""
        return self.paper or self.answers == "paper"

    @property
    def tie_rule(self) -> Ties:
        """How answers of equal score are decided."""
        return "reference" if self.paper else self.ties
