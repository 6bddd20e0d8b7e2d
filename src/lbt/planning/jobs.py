"""The jobs, run through their own stages with an asker that counts."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pandas as pd

from lbt.errors import SettingsError
from lbt.evaluation import answer_problems
from lbt.exams import ExamPapers, ReexamPapers, ask_for_consensus, plan_exams, plan_reexam
from lbt.exams.sitting import sit_one
from lbt.generation import ModelSettings
from lbt.grading import Domain, runs_programs
from lbt.planning.counting import PLACEHOLDER, CountingAsker, Load
from lbt.planning.instructor import can_instruct, instructor_job
from lbt.planning.prompting import Prompting
from lbt.planning.refining import RefiningAsker, count_refinement
from lbt.planning.settings import Job, Promptings, RunSettings
from lbt.search import SearchSettings, ask_teacher
from lbt.teaching import TeachingSettings, sample_rationales


def finetune_job(settings: RunSettings, problems: pd.DataFrame, promptings: Promptings) -> Job:
    """What lbt_finetune asks."""
    asker = _counting(settings, promptings, settings.teaching)
    papers = _taught_and_examined(asker, settings, problems, baseline=True)
    if settings.exams.labels == "consensus":
        asking = settings.exams.consensus.of_teaching(settings.teaching)
        ask_for_consensus(asker, problems, settings.models.teacher, asking)
    for label in ("base", "tuned"):
        # Base and tuned teacher have one tokenizer, wherever they run.
        answer_problems(asker, problems, label, settings.models.teacher, settings.evaluation)
    _examined_again(asker, settings, problems, papers.plan)
    loads = [
        # Without enough pairs there is no tuned teacher, and only what pairs chose is examined again.
        replace(load, fewest=0)
        if load.stage == "evaluation of tuned" or load.stage.startswith(ReexamPapers.purpose)
        else load
        for load in asker.loads
    ]
    return Job(loads, papers, samples=asker.samples)


def search_job(settings: RunSettings, problems: pd.DataFrame, promptings: Promptings) -> Job:
    """What lbt_search asks."""
    search = settings.search
    _check_votes(search, settings.graded_by)
    teaching = search.of_teaching(settings.teaching)
    asker = _counting(settings, promptings, teaching)
    decided_early = search.examiner != "full"
    papers = _taught_and_examined(asker, settings, problems, baseline=not decided_early)
    ask_teacher(asker, problems, papers, settings.models, teaching, search)
    loads = [
        replace(load, fewest=0) if decided_early and load.stage.startswith("exams of") else load
        for load in asker.loads
    ]
    return Job([_with_all_exams(load, teaching.samples) for load in loads], papers, samples=asker.samples)


def _with_all_exams(load: Load, samples: int) -> Load:
    """A majority of equal generations, counted for one distinct rationale of each problem, for `samples`."""
    if load.stage != "baselines: equal generations":
        return load
    rationales = load.prompts * samples
    return replace(load, generations=rationales + samples * (load.generations - rationales))


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


Fits = Callable[[RunSettings, pd.DataFrame], bool]


def _with_roles(*roles: str, programs: bool = True) -> Fits:
    """Whether there are problems of these roles, and, without `programs`, answers that are none."""

    def fits(settings: RunSettings, problems: pd.DataFrame) -> bool:
        return set(roles) <= set(problems["role"]) and (programs or not runs_programs(settings.graded_by))

    return fits


@dataclass(frozen=True)
class Kind:
    """How a job is counted, and which settings and problems it is for."""

    count: Callable[[RunSettings, pd.DataFrame, Promptings], Job]
    fits: Fits


JOBS: dict[str, Kind] = {
    "lbt_finetune": Kind(finetune_job, _with_roles("teaching")),
    "lbt_search": Kind(search_job, _with_roles("teaching")),
    "lbt_refine": Kind(refine_job, _with_roles("teaching", "exam", "evaluation", programs=False)),
    "instructor": Kind(instructor_job, can_instruct),
}
"""The jobs that can be planned, by their pipelines' names."""


def jobs_to_plan(settings: RunSettings, problems: pd.DataFrame) -> dict[str, Kind]:
    """The jobs that are named, whether they fit or not; or all that the problems are enough for."""
    named = settings.dry_run.jobs
    if named is not None:
        return {name: JOBS[name] for name in named}
    return {name: kind for name, kind in JOBS.items() if kind.fits(settings, problems)}


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


def _examined_again(
    asker: CountingAsker, settings: RunSettings, problems: pd.DataFrame, plan: pd.DataFrame
) -> None:
    """All demos, of which a run takes those that pairs chose."""
    examined = plan[plan["demo_id"].notna()].drop_duplicates("demo_id")
    demos = {str(name): set(rows["demo_id"]) for name, rows in examined.groupby("teaching_problem_id")}
    again = plan_reexam(demos, plan, problems, settings.exams, settings.seed, asker.domain)
    texts = examined.rename(columns={"teaching_problem_id": "problem_id"}).assign(text=PLACEHOLDER)
    papers = ReexamPapers(again, problems, texts, settings.prompts, settings.exams, asker.domain)
    if len(again):
        for name, student in settings.models.students.items():
            sit_one(asker, papers, name, student)


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
        plan = plan_exams(problems, rationales, exams, settings.seed, asker.domain)
    if not baseline:
        plan = plan[plan["demo_id"].notna()]
    papers = ExamPapers(plan, problems, rationales, settings.prompts, exams, asker.domain)
    for name, student in models.students.items():
        sit_one(asker, papers, name, student)
    return papers
