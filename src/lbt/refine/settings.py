"""Parameters of the refinement of exemplars (M3)."""

from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from lbt.configuration import Settings
from lbt.generation import SamplingSettings
from lbt.prompts.reflection import ReflectionPrompts

Refined = Literal["students", "own", "random_search", "random_changes"]
"""What changes the exemplars: failures of the students, the teacher's own, nothing (fresh random sets), or
nothing (random exemplars of a set are replaced)."""
Fixed = Literal["none", "random", "first_right"]
"""Sets that stay as they are: no exemplars, a random set, the first right rationales."""

REFINED: tuple[str, ...] = ("students", "own", "random_search", "random_changes")
CODE_PROPOSALS = 4
"""New sets that the paper's code asks for, from each set and round."""
CODE_SCORINGS = 2048
"""Answers that score a round's sets in the paper's code, shared out among them."""


class RefineSettings(Settings):
    """How sets of exemplars are made, changed, scored and measured.

    `paper` follows the paper's code where it differs from its text: one set at the start, four proposals for
    each set, failures of all students in one heap, at most `expansion` new sets kept of those at random, a
    scoring batch of 2048 answers shared out among the sets, scored by the teacher, ties to the set whose text
    comes last in the alphabet. It overrides proposals, score and score_batch.
    """

    arms: tuple[Refined | Fixed, ...] = (
        "students",
        "own",
        "random_search",
        "random_changes",
        "none",
        "random",
        "first_right",
    )
    repeats: int = Field(default=1, ge=1)
    rounds: int = Field(default=5, ge=1)
    beam: int = Field(default=4, ge=1)
    exemplars: int | None = Field(default=None, ge=1)
    proposals: int = Field(default=8, ge=1)
    failures: int = Field(default=4, ge=1)
    batch: int = Field(default=64, ge=1)
    score_batch: int = Field(default=64, ge=1)
    held_out: int | None = Field(default=None, ge=1)
    score: Literal["teacher", "students", "both"] = "teacher"
    start: Literal["written", "sampled", "random"] = "sampled"
    reflection: Literal["text", "resample"] = "resample"
    show: Literal["nearest", "all"] = "nearest"
    exemplars_per_prompt: int = Field(default=1, ge=1)
    only_right: bool = True
    positive: str | None = None
    paper: bool = False
    expansion: int = Field(default=8, ge=1)
    keep_models: bool = True
    sampling: SamplingSettings = SamplingSettings(temperature=0, max_tokens=96)
    writing: SamplingSettings = SamplingSettings(temperature=0.7, max_tokens=1024)
    prompts: ReflectionPrompts = ReflectionPrompts()
    bootstrap_samples: int = Field(default=10_000, ge=100)
    confidence: float = Field(default=0.95, gt=0, lt=1)

    @field_validator("arms", mode="before")
    @classmethod
    def _a_word_is_a_list(cls, arms: Any) -> Any:
        # The command line cannot write a list.
        return (arms,) if isinstance(arms, str) else arms

    @model_validator(mode="after")
    def _arms_fit(self) -> Self:
        if len(set(self.arms)) < len(self.arms):
            raise ValueError("refine.arms names an arm twice")
        if self.reflection == "text" and "random_changes" in self.arms:
            raise ValueError(
                "refine.arms has random_changes, which replaces exemplars; with refine.reflection: text none "
                "are replaced one by one. Take it out of refine.arms."
            )
        if "first_right" in self.arms and not self.draws_rationales:
            raise ValueError(
                "refine.arms has first_right, which needs the teacher's own rationales. Take it out, or set "
                "refine.start: sampled."
            )
        return self

    @model_validator(mode="after")
    def _the_teacher_knows_how_many_to_write(self) -> Self:
        if self.writes and self.exemplars is None:
            raise ValueError("refine.exemplars must say how many exemplars the teacher is to write")
        return self

    @property
    def writes(self) -> bool:
        """Whether the teacher writes exemplars."""
        return self.start == "written" or self.reflection == "text"

    @property
    def draws_rationales(self) -> bool:
        """Whether the teacher's own rationales are sampled, to draw exemplars from."""
        return self.start == "sampled" or (self.start == "written" and self.reflection == "resample")

    @property
    def refined(self) -> list[str]:
        """The arms that change over the rounds."""
        return [arm for arm in self.arms if arm in REFINED]

    @property
    def fixed(self) -> list[str]:
        """The arms that do not."""
        return [arm for arm in self.arms if arm not in REFINED]

    @property
    def new_sets(self) -> int:
        """Proposals for each set and round."""
        return CODE_PROPOSALS if self.paper else self.proposals

    @property
    def first_sets(self) -> int:
        """Sets at the start."""
        return 1 if self.paper else self.beam

    @property
    def scored_by(self) -> str:
        """Who scores the sets."""
        return "teacher" if self.paper else self.score

    @property
    def greedy(self) -> SamplingSettings:
        """How held-out problems are answered."""
        return self.sampling.model_copy(update={"temperature": 0.0, "top_p": 1.0, "top_k": 0})

    def most_sets(self, beam: int) -> int:
        """Sets that a round scores which begins with so many."""
        return beam * (1 + self.new_sets)

    def scorings(self, sets: int) -> int:
        """Questions that score each of so many sets."""
        return max(CODE_SCORINGS // sets, 1) if self.paper else self.score_batch
