"""The students sit exams with the teacher's rationales in their prompt."""

import pandas as pd

from lbt import exams as stage
from lbt import tables
from lbt.asking import Usage, add_usage
from lbt.exams import ExamPapers, ExamSettings
from lbt.generation import GenerationStore, ModelsSettings
from lbt.grading import GradingSettings, Voting
from lbt.pipelines.parameters import Domain, Seed, make_asker
from lbt.prompts import DebugSettings, PromptSettings
from lbt.teaching import TeachingSettings


def agree_on_exams(
    problems: pd.DataFrame,
    models: ModelsSettings,
    exams: ExamSettings,
    teaching: TeachingSettings,
    prompts: PromptSettings,
    generation_store: GenerationStore,
    seed: Seed,
    domain: Domain,
    grading: GradingSettings,
    debug: DebugSettings,
    rationales: pd.DataFrame,
) -> tuple[pd.DataFrame, pd.DataFrame, Usage, dict[str, float]]:
    """The problems as exams hold them, and the teacher's answers where their consensus stands for gold.

    The last input is there so that the teacher explains first.
    """
    if exams.labels == "gold":
        return problems, tables.make_table(tables.consensus_answers, []), add_usage([]), {}
    asker = make_asker(prompts, generation_store, seed, domain, grading, debug)
    asking = exams.consensus.of_teaching(teaching)
    asked = stage.ask_for_consensus(asker, problems, models.teacher, asking)
    voting = Voting.on(problems, domain.graded_by(grading))
    agreed, figures = stage.with_consensus(problems, asked.table, voting, exams.consensus)
    return agreed, asked.table, asked.usage, figures


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
    consensus_usage: Usage,
) -> tuple[pd.DataFrame, Usage, pd.DataFrame]:
    """The answers of all students, and those that were debugged as they were before.

    What the stage asked counts what its consensus asked.
    """
    prompts = exams.of_prompts(prompts)
    asker = make_asker(prompts, generation_store, seed, domain, grading, debug)
    papers = ExamPapers(exam_plan, problems, rationales, prompts, exams, asker.domain)
    asked = stage.sit_exams(asker, papers, models.students)
    return asked.table, add_usage([consensus_usage, asked.usage]), asked.first
