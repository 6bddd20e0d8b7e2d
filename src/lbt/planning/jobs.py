"""The jobs, run through their own stages with an asker that counts."""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd
from pydantic import BaseModel, ConfigDict, field_validator

from lbt.configuration import Settings
from lbt.errors import SettingsError
from lbt.evaluation import EvaluationSettings, answer_problems
from lbt.exams import ExamPapers, ExamSettings, plan_exams
from lbt.exams.sitting import sit_one
from lbt.generation import ModelSettings, ModelsSettings
from lbt.grading import Domain, GradingSettings, domain_named, runs_programs
from lbt.planning.counting import CountingAsker, Load
from lbt.planning.prompting import Prompting
from lbt.planning.refining import RefiningAsker, count_refinement
from lbt.preferences import PreferenceSettings
from lbt.prompts import DebugSettings, PromptSettings
from lbt.refine import RefineSettings
from lbt.search import SearchSettings, ask_teacher
from lbt.teaching import TeachingSettings, sample_rationales
from lbt.training import TrainingSettings


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
    preferences: PreferenceSettings
    training: TrainingSettings
    evaluation: EvaluationSettings
    seed: int
    domain: str
    grading: GradingSettings
    debug: DebugSettings
    dry_run: "DryRunSettings"

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


def finetune_job(settings: RunSettings, problems: pd.DataFrame, promptings: Promptings) -> Job:
    """What lbt_finetune asks."""
    asker = _counting(settings, promptings, settings.teaching)
    papers = _taught_and_examined(asker, settings, problems, baseline=True)
    for label in ("base", "tuned"):
        # Base and tuned teacher have one tokenizer, wherever they run.
        answer_problems(asker, problems, label, settings.models.teacher, settings.evaluation)
    loads = [
        # Without enough pairs there is no tuned teacher.
        replace(load, fewest=0) if load.stage == "evaluation of tuned" else load
        for load in asker.loads
    ]
    return Job(loads, papers)


def search_job(settings: RunSettings, problems: pd.DataFrame, promptings: Promptings) -> Job:
    """What lbt_search asks."""
    search = settings.search
    _check_votes(search, settings.graded_by)
    teaching = search.of_teaching(settings.teaching)
    asker = _counting(settings, promptings, teaching)
    decided_early = search.examiner != "full"
    papers = _taught_and_examined(asker, settings, problems, baseline=not decided_early)
    ask_teacher(asker, problems, papers, settings.models.teacher, teaching, search)
    loads = [
        replace(load, fewest=0) if decided_early and load.stage.startswith("exams of") else load
        for load in asker.loads
    ]
    return Job(loads, papers)


def refine_job(settings: RunSettings, problems: pd.DataFrame, promptings: Promptings) -> Job:
    """What lbt_refine asks at most."""
    asker = RefiningAsker(
        settings.prompts,
        settings.graded_by,
        promptings,
        settings.teaching,
        settings.debug,
        settings=settings.refine,
        labels=sorted(set(problems["answer"])),
    )
    loads = count_refinement(asker, problems, settings.models, settings.refine)
    return Job(loads, prompts=asker.first_of_a_kind())


@dataclass(frozen=True)
class Kind:
    """How a job is counted, and which data it is for."""

    count: Callable[[RunSettings, pd.DataFrame, Promptings], Job]
    needs: Collection[str] = ("teaching",)
    """Roles of which there must be problems."""
    programs: bool = True
    """Whether it is for programs too."""

    def fits(self, problems: pd.DataFrame, domain: Domain) -> bool:
        """Whether the job can be run with these problems."""
        return set(self.needs) <= set(problems["role"]) and (self.programs or not runs_programs(domain))


JOBS: dict[str, Kind] = {
    "lbt_finetune": Kind(finetune_job),
    "lbt_search": Kind(search_job),
    "lbt_refine": Kind(refine_job, needs=("teaching", "exam", "evaluation"), programs=False),
}
"""The jobs that can be planned, by their pipelines' names."""


class DryRunSettings(Settings):
    """Which jobs are planned; None for all that the problems are enough for."""

    jobs: tuple[str, ...] | None = None

    @field_validator("jobs", mode="before")
    @classmethod
    def _a_word_is_a_list(cls, jobs: Any) -> Any:
        # The command line cannot write a list.
        return (jobs,) if isinstance(jobs, str) else jobs

    @field_validator("jobs")
    @classmethod
    def _jobs_are_known(cls, jobs: tuple[str, ...] | None) -> tuple[str, ...] | None:
        unknown = [name for name in jobs or () if name not in JOBS]
        if unknown or jobs == ():
            raise ValueError(f"must be null or a list of {', '.join(JOBS)}")
        return jobs

    def of(self, problems: pd.DataFrame, domain: Domain) -> dict[str, Kind]:
        """The jobs to plan for these problems, the named ones whether they fit or not."""
        if self.jobs is not None:
            return {name: JOBS[name] for name in self.jobs}
        return {name: kind for name, kind in JOBS.items() if kind.fits(problems, domain)}


def _check_votes(search: SearchSettings, domain: Domain) -> None:
    if search.by_string and runs_programs(domain):
        named = "search.paper: true" if search.paper else "search.answers: paper"
        raise SettingsError(
            f"{named} counts votes by how the paper's code writes down a mathematical answer; in domain "
            f"{domain.name!r} programs vote by what they do. Set search.answers: classes and search.paper: "
            "false."
        )


def _counting(
    settings: RunSettings, promptings: Mapping[ModelSettings, Prompting], teaching: TeachingSettings
) -> CountingAsker:
    return CountingAsker(settings.prompts, settings.graded_by, promptings, teaching, settings.debug)


@contextmanager
def _without_warnings() -> Iterator[None]:
    """The run itself warns of short exams; once is enough."""
    logger = logging.getLogger("lbt.exams")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def _taught_and_examined(
    asker: CountingAsker, settings: RunSettings, problems: pd.DataFrame, baseline: bool
) -> ExamPapers:
    models, exams = settings.models, settings.exams
    rationales = sample_rationales(asker, problems, models.teacher, asker.teaching).table
    with _without_warnings():
        plan = plan_exams(problems, rationales, exams, settings.seed)
    if not baseline:
        plan = plan[plan["demo_id"].notna()]
    papers = ExamPapers(plan, problems, rationales, settings.prompts, exams, asker.domain)
    for name, student in models.students.items():
        sit_one(asker, papers, name, student)
    return papers
