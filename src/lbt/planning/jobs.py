"""The jobs, run through their own stages with an asker that counts."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pandas as pd
from pydantic import BaseModel, ConfigDict

from lbt.errors import SettingsError
from lbt.evaluation import EvaluationSettings, answer_problems
from lbt.exams import ExamPapers, ExamSettings, plan_exams
from lbt.exams.sitting import sit_one
from lbt.generation import ModelSettings, ModelsSettings
from lbt.grading import Domain, GradingSettings, domain_named, runs_programs
from lbt.instructor import InstructorSettings
from lbt.planning.counting import CountingAsker, Load
from lbt.planning.prompting import Prompting
from lbt.preferences import PreferenceSettings
from lbt.prompts import DebugSettings, PromptSettings
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
    instructor: InstructorSettings | None = None
    preferences: PreferenceSettings
    training: TrainingSettings
    evaluation: EvaluationSettings
    seed: int
    domain: str
    grading: GradingSettings
    debug: DebugSettings

    @property
    def graded_by(self) -> Domain:
        """What an answer is."""
        return domain_named(self.domain, self.grading)


@dataclass(frozen=True)
class Job:
    """What a job asks, and its exams."""

    loads: list[Load]
    papers: ExamPapers | None = None
    prompts: Mapping[str, str] = field(default_factory=dict)
    """The first prompt of each kind that only this job has."""


def finetune_job(
    settings: RunSettings, problems: pd.DataFrame, promptings: Mapping[ModelSettings, Prompting]
) -> Job:
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


def search_job(
    settings: RunSettings, problems: pd.DataFrame, promptings: Mapping[ModelSettings, Prompting]
) -> Job:
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
