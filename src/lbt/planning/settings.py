"""What is planned: the settings of all stages that ask a model, and what the plan of one job holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator

from lbt.configuration import Settings
from lbt.evaluation import EvaluationSettings
from lbt.exams import ExamPapers, ExamSettings
from lbt.generation import ModelSettings, ModelsSettings
from lbt.grading import Domain, GradingSettings, domain_named
from lbt.instructor import InstructorSettings
from lbt.planning.counting import Load
from lbt.planning.probing import Sample
from lbt.planning.prompting import Prompting
from lbt.preferences import PreferenceSettings
from lbt.prompts import DebugSettings, PromptSettings
from lbt.refine import RefineSettings
from lbt.search import SearchSettings
from lbt.teaching import TeachingSettings
from lbt.training import TrainingSettings

JobName = Literal["lbt_finetune", "lbt_search", "lbt_refine", "instructor"]
"""A job is called as its pipeline."""


class DryRunSettings(Settings):
    """What a dry run tells."""

    jobs: tuple[JobName, ...] | None = Field(
        None, description="Which are planned; null: all that the problems are enough for."
    )
    probe: int = Field(
        0,
        ge=0,
        description="Answers that the model of each stage really gives, to predict the time of lbt_finetune "
        "and lbt_search; 0: no model is asked.",
    )

    tokens_per_s: float | None = Field(
        None,
        gt=0,
        description="Tokens that one copy of a model generates in a second, to tell hours; null: no hours.",
    )
    price_per_gpu_hour: float | None = Field(
        None,
        ge=0,
        description="What a GPU costs for an hour, in any currency, to tell the cost of the hours.",
    )

    @field_validator("jobs", mode="before")
    @classmethod
    def _a_word_is_a_list(cls, jobs: Any) -> Any:
        # The command line cannot write a list.
        return (jobs,) if isinstance(jobs, str) else jobs

    @field_validator("jobs", mode="before")
    @classmethod
    def _jobs_are_known(cls, jobs: Any) -> Any:
        known = get_args(JobName)
        if isinstance(jobs, list | tuple) and (not jobs or any(name not in known for name in jobs)):
            raise ValueError(f"must be null or a list of {', '.join(known)}")
        return jobs


class RunSettings(BaseModel):
    """The parameters of the stages that a model is asked in, or that limit what it may say.

    Made of all parameters of a run; those of other stages are ignored.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    exams: ExamSettings
    models: ModelsSettings
    prompts: PromptSettings
    teaching: TeachingSettings
    search: SearchSettings
    refine: RefineSettings
    instructor: InstructorSettings
    preferences: PreferenceSettings
    training: TrainingSettings
    evaluation: EvaluationSettings
    seed: int
    domain: str
    grading: GradingSettings
    debug: DebugSettings
    dry_run: DryRunSettings

    @property
    def graded_by(self) -> Domain:
        """What an answer is."""
        return domain_named(self.domain, self.grading)


Promptings = Mapping[ModelSettings, Prompting]
"""How each model is prompted."""


@dataclass(frozen=True)
class Job:
    """What a job asks."""

    loads: list[Load]
    papers: ExamPapers | None = None
    """Its exams, if it has such."""
    prompts: Mapping[str, str] = field(default_factory=dict)
    """The first prompts of a kind that other jobs do not have, by stage."""
    samples: Mapping[str, Sample] = field(default_factory=dict)
    """What its stages ask, for a probe; none of a job whose time cannot be predicted."""
