"""Parameters of the exams stage."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from lbt.configuration import Settings
from lbt.generation import SamplingSettings
from lbt.prompts import PromptSettings
from lbt.teaching import TeachingSettings


class NearestSettings(Settings):
    """How near two questions are.

    `embedding` is tfidf, which needs no model, or the folder or hub id of a sentence-embedding model, whose
    token vectors are averaged.
    """

    embedding: str = Field(default="tfidf", min_length=1)
    revision: str | None = None
    batch_size: int = Field(default=32, ge=1)


class SubjectLevelSettings(Settings):
    """Which exam problems suit a teaching problem.

    `subject` is same, other or any. `level` is what the exam problem's level must be to the teaching
    problem's (=, <, > or any), or a list of levels.
    """

    subject: Literal["same", "other", "any"] = "same"
    level: Literal["=", "<", ">", "any"] | tuple[Annotated[int, Field(ge=0)], ...] = "="


class FixedSettings(Settings):
    """The file with the ids of the exam problems, one a line, in the order in which they are taken."""

    path: str | None = None


class ConsensusSettings(Settings):
    """How the teacher agrees with itself on an exam problem (Weak-to-Strong Reasoning: 10 answers, 0.6)."""

    samples: int = Field(default=8, ge=1)
    minimum_confidence: float = Field(default=0.6, ge=0, le=1)

    def of_teaching(self, teaching: TeachingSettings) -> TeachingSettings:
        """The teacher answers as it explains, so many times."""
        return teaching.model_copy(update={"samples": self.samples})


class AnswerOnlySettings(Settings):
    """An exam answer that is begun with `prefill`, so that nothing but the answer is left to write."""

    prefill: str = "\n####"
    max_tokens: int = Field(default=8, ge=1)


class ExamSettings(Settings):
    """Which exam problems a demo is tried on, how many, and how often.

    At temperature 0 one repeat is enough. With more than one demo per exam the further ones are of other
    teaching problems and the same for all demos, and for the baseline, of an exam problem. With
    `teaching_problems` every teaching problem is also an exam problem of the others, as in the paper's
    experiment on programs, and no other is needed. With `same_answer` avoid, exam problems that have the
    teaching problem's gold answer are taken only where too few others suit: a student that copies the demo's
    answer would be right there. With `labels: consensus` an exam answer is right if it is what most of the
    teacher's own answers to the exam problem are; the gold answers are not used. `reexam` exam problems that
    had no part in choosing pairs examine the rationales of the pairs once more. With `mode` answer_only a
    student says the answer at once, without a rationale: the share of right ones estimates the probability
    that it gives the right answer next, which Saha et al. (2306.09299, RQ2) take to predict what an
    explanation will be worth, at a fraction of an exam's tokens.
    """

    maker: Literal["family", "nearest", "subject_level", "fixed"] = "family"
    problems_per_demo: int | None = Field(default=3, ge=1, description="None: all that suit.")
    teaching_problems: bool = False
    same_answer: Literal["avoid", "allow"] = "avoid"
    labels: Literal["gold", "consensus"] = "gold"
    consensus: ConsensusSettings = ConsensusSettings()
    mode: Literal["full", "answer_only"] = "full"
    answer_only: AnswerOnlySettings = AnswerOnlySettings()
    demos_per_exam: int = Field(default=1, ge=1)
    repeats: int = Field(default=3, ge=1)
    reexam: int = Field(default=0, ge=0, description="Fresh exam problems for what pairs chose; 0: none.")
    sampling: SamplingSettings
    nearest: NearestSettings = NearestSettings()
    subject_level: SubjectLevelSettings = SubjectLevelSettings()
    fixed: FixedSettings = FixedSettings()

    @model_validator(mode="after")
    def _a_consensus_is_on_exam_problems(self) -> Self:
        if self.labels == "consensus" and self.teaching_problems:
            raise ValueError(
                "exams.labels is 'consensus', which replaces the gold answers of exam problems only, but "
                "exams.teaching_problems uses teaching problems in exams; undo one of the two settings"
            )
        return self

    @model_validator(mode="after")
    def _a_reexam_needs_problems_that_are_left(self) -> Self:
        if self.reexam and self.problems_per_demo is None:
            raise ValueError(
                "exams.reexam needs exam problems that the exams leave over, but exams.problems_per_demo is "
                "null, which uses all; set it to a number"
            )
        return self

    @model_validator(mode="after")
    def _a_fixed_list_needs_a_file(self) -> Self:
        if self.maker == "fixed" and not self.fixed.path:
            raise ValueError(
                "exams.maker is 'fixed', so exams.fixed.path must name the file with the ids of the "
                "exam problems"
            )
        return self

    def of_prompts(self, prompts: PromptSettings) -> PromptSettings:
        """What stands around an exam question, given what stands around all others."""
        if self.mode == "full":
            return prompts
        return prompts.model_copy(update={"prefill": self.answer_only.prefill})

    @property
    def exam_sampling(self) -> SamplingSettings:
        """How exam answers are sampled."""
        if self.mode == "full":
            return self.sampling
        return self.sampling.model_copy(update={"max_tokens": self.answer_only.max_tokens})
