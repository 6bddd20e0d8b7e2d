"""From scores to pairs."""

from typing import Any

import pandas as pd

from lbt import exams as exam_stage
from lbt import preferences as stage
from lbt import tables
from lbt.asking import Usage, add_usage
from lbt.exams import ExamSettings
from lbt.generation import GenerationStore, ModelsSettings
from lbt.grading import GradingSettings, Voting
from lbt.pipelines.parameters import Domain, Seed, make_asker
from lbt.preferences import PreferenceSettings
from lbt.prompts import DebugSettings, PromptSettings
from lbt.scoring import ScoringSettings, reexam_metrics, score_rationales


def plan_reexam(
    pairs: pd.DataFrame,
    exam_plan: pd.DataFrame,
    exam_problems: pd.DataFrame,
    exams: ExamSettings,
    seed: Seed,
    domain: Domain,
    grading: GradingSettings,
) -> pd.DataFrame:
    """Which fresh exam problems the rationales of the pairs get."""
    graded_by = domain.graded_by(grading)
    return exam_stage.plan_reexam(pairs, exam_plan, exam_problems, exams, seed.root, graded_by)


def examine_again(
    reexam_plan: pd.DataFrame,
    exam_problems: pd.DataFrame,
    rationales: pd.DataFrame,
    pairs: pd.DataFrame,
    models: ModelsSettings,
    exams: ExamSettings,
    scoring: ScoringSettings,
    prompts: PromptSettings,
    generation_store: GenerationStore,
    seed: Seed,
    domain: Domain,
    grading: GradingSettings,
    debug: DebugSettings,
) -> tuple[pd.DataFrame, Usage, dict[str, float]]:
    """The answers to the fresh exam problems, and how much better the scores were that chose the pairs."""
    if reexam_plan.empty:
        return tables.make_table(tables.reexam_answers, []), add_usage([]), {}
    prompts = exams.of_prompts(prompts)
    asker = make_asker(prompts, generation_store, seed, domain, grading, debug)
    papers = exam_stage.ExamPapers(reexam_plan, exam_problems, rationales, prompts, exams, asker.domain)
    asked = exam_stage.sit_exams(asker, papers, models.students)
    scores = score_rationales(asked.table, scoring)
    return asked.table, asked.usage, reexam_metrics(pairs, scores, scoring.confidence)


def build_pairs(
    problems: pd.DataFrame,
    rationales: pd.DataFrame,
    lbt_scores: pd.DataFrame,
    preferences: PreferenceSettings,
    seed: Seed,
    domain: Domain,
    grading: GradingSettings,
) -> tuple[pd.DataFrame, dict[str, Any], dict[str, float]]:
    """The pairs, the report of what was kept and dropped, and its main counts as metrics."""
    labels = None
    if preferences.labels == "majority":
        voting = Voting.on(problems, domain.graded_by(grading))
        labels = stage.agreed_labels(rationales, voting, preferences.minimum_confidence)
    pairs, report = stage.build_pairs(problems, rationales, lbt_scores, preferences, seed.root, labels)
    metrics = {
        "preferences.pairs": float(len(pairs)),
        "preferences.teaching_problems": float(report["teaching_problems"]),
        "preferences.problems_without_pairs": float(report["problems_without_pairs"]),
    }
    return pairs, report, metrics
