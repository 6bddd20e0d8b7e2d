"""The students sit exams with the teacher's rationales in their prompt."""

import pandas as pd

from lbt import exams as stage
from lbt.asking import Usage
from lbt.exams import ExamPapers, ExamSettings
from lbt.generation import GenerationStore, ModelsSettings
from lbt.grading import GradingSettings
from lbt.pipelines.parameters import Domain, Seed, make_asker
from lbt.prompts import DebugSettings, PromptSettings


def plan_exams(
    problems: pd.DataFrame,
    rationales: pd.DataFrame,
    exams: ExamSettings,
    seed: Seed,
    domain: Domain,
    grading: GradingSettings,
) -> pd.DataFrame:
    """Which exam problems each demo, and the baseline, gets."""
    return stage.plan_exams(problems, rationales, exams, seed.root, domain.graded_by(grading))


def sit_exams(
    exam_plan: pd.DataFrame,
    problems: pd.DataFrame,
    rationales: pd.DataFrame,
    models: ModelsSettings,
    exams: ExamSettings,
    prompts: PromptSettings,
    generation_store: GenerationStore,
    seed: Seed,
    domain: Domain,
    grading: GradingSettings,
    debug: DebugSettings,
) -> tuple[pd.DataFrame, Usage, pd.DataFrame]:
    """The answers of all students, and those that were debugged as they were before."""
    asker = make_asker(prompts, generation_store, seed, domain, grading, debug)
    papers = ExamPapers(exam_plan, problems, rationales, prompts, exams, asker.domain)
    asked = stage.sit_exams(asker, papers, models.students)
    return asked.table, asked.usage, asked.first
