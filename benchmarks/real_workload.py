"""The exams of the benchmark with SmolLM2: problems of one step, its own rationales, one student."""

from pathlib import Path
from typing import Any

from kedro.config import OmegaConfigLoader
from workload import ROOT, prompts_of

from lbt.asking import Asker
from lbt.asking.asker import Requests
from lbt.exams import ExamPapers, plan_exams
from lbt.generation import GenerationStore, ModelSettings, Prompt, identify_model
from lbt.pipelines.parameters import Domain, Seed, gather_settings
from lbt.pipelines.problems.nodes import ingest_problems
from lbt.planning import RunSettings
from lbt.problems import ProblemSettings
from lbt.settings import CONFIG_LOADER_ARGS
from lbt.teaching import sample_rationales

TEACHING, EXAMS_A_DEMO, RATIONALES = 24, 3, 8


def real_exams(folder: Path, count: int) -> tuple[ModelSettings, list[Prompt]]:
    """The student, and `count` prompts of exams, those of a problem and of a demo together.

    The rationales are written at the first call and kept in the folder.
    """
    parameters = _parameters()
    settings = gather_settings(parameters)
    student = settings.models.students["smollm2"]
    problems, _ = ingest_problems(
        ProblemSettings(**parameters["problems"]),
        settings.exams,
        Seed(settings.seed),
        Domain(settings.domain),
        settings.grading,
    )
    with GenerationStore(folder / "smollm2.sqlite") as store:
        asker = Asker(settings.prompts, store, settings.seed, settings.graded_by)
        papers = _papers(asker, settings, problems)
        rows = sorted(papers.of_demos(), key=lambda row: (row["teaching_problem_id"], row["demo_id"]))
        requests = list(Requests(papers.tasks("smollm2", rows[:count]), asker))
    return student, prompts_of(student, identify_model(student, "benchmark"), requests)


def _papers(asker: Asker, settings: RunSettings, problems: Any) -> ExamPapers:
    table = sample_rationales(asker, problems, settings.models.teacher, settings.teaching).table
    plan = plan_exams(problems, table, settings.exams, settings.seed, settings.graded_by)
    return ExamPapers(plan, problems, table, settings.prompts, settings.exams, settings.graded_by)


def _parameters() -> dict[str, Any]:
    """Those of --env=smollm2, with more problems."""
    loader = OmegaConfigLoader(str(ROOT / "conf"), **CONFIG_LOADER_ARGS | {"default_run_env": "smollm2"})
    parameters: dict[str, Any] = loader["parameters"]
    problems, models = parameters["problems"], parameters["models"]
    problems |= {"teaching": TEACHING, "evaluation": 0}
    for model in (models["teacher"], models["students"]["smollm2"]):
        model |= {"path": str(ROOT / model["path"]), "engine": "transformers"}
    parameters["teaching"]["samples"] = RATIONALES
    parameters["exams"]["problems_per_demo"] = EXAMS_A_DEMO
    return parameters
