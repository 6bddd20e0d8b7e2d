"""M1: select answers by exams, and what they are compared with."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from lbt import exams as exam_stage
from lbt import teaching as teaching_stage
from lbt.asking import Usage
from lbt.exams import ExamPapers, ExamSettings
from lbt.generation import GenerationStore, ModelsSettings
from lbt.grading import GradingSettings, Voting
from lbt.pipelines.parameters import Domain, Seed, make_asker
from lbt.pipelines.teaching.nodes import Report
from lbt.prompts import DebugSettings, PromptSettings
from lbt.reporting import TrackingSettings
from lbt.reporting.page import SearchMaterial, report_search
from lbt.reporting.search_plots import plot_search_accuracy, plot_search_curve
from lbt.reporting.search_summary import summarise_search
from lbt.search import (
    SearchSettings,
    accuracy_by_group,
    accuracy_curve,
    ask_teacher,
    examine_adaptively,
    generation_costs,
    make_methods,
    search_metrics,
    select_answers,
)
from lbt.teaching import TeachingSettings

Figures = dict[str, float]
Decisions = dict[str, str | None]


def sample_rationales(
    problems: pd.DataFrame,
    models: ModelsSettings,
    teaching: TeachingSettings,
    search: SearchSettings,
    prompts: PromptSettings,
    generation_store: GenerationStore,
    seed: Seed,
    domain: Domain,
    grading: GradingSettings,
    debug: DebugSettings,
    leakage_report: Report,
    model_identities: Report,
    run_size: Report,
) -> tuple[pd.DataFrame, Usage, pd.DataFrame]:
    """As in the main job, with `search.samples` rationales."""
    asker = make_asker(prompts, generation_store, seed, domain, grading, debug)
    asked = teaching_stage.sample_rationales(asker, problems, models.teacher, search.of_teaching(teaching))
    return asked.table, asked.usage, asked.first


def plan_exams(
    problems: pd.DataFrame,
    rationales: pd.DataFrame,
    exams: ExamSettings,
    search: SearchSettings,
    seed: Seed,
    domain: Domain,
    grading: GradingSettings,
) -> pd.DataFrame:
    """As in the main job; with `search.paper` rationales without an answer are examined too."""
    graded_by = domain.graded_by(grading)
    return exam_stage.plan_exams(problems, rationales, exams, seed.root, graded_by, answerless=search.paper)


def examine_rationales(
    exam_plan: pd.DataFrame,
    problems: pd.DataFrame,
    rationales: pd.DataFrame,
    models: ModelsSettings,
    exams: ExamSettings,
    search: SearchSettings,
    prompts: PromptSettings,
    generation_store: GenerationStore,
    seed: Seed,
    domain: Domain,
    grading: GradingSettings,
    debug: DebugSettings,
) -> tuple[pd.DataFrame, Usage, Decisions, pd.DataFrame]:
    """All exams, as in the main job; or those that an adaptive examiner asks, and what they decided."""
    prompts = exams.of_prompts(prompts)
    asker = make_asker(prompts, generation_store, seed, domain, grading, debug)
    papers = ExamPapers(exam_plan, problems, rationales, prompts, exams, asker.domain)
    if search.examiner == "full":
        asked = exam_stage.sit_exams(asker, papers, models.students)
        return asked.table, asked.usage, {}, asked.first
    adaptive = examine_adaptively(asker, papers, rationales, models.students, search)
    return adaptive.answers, adaptive.usage, adaptive.decisions, adaptive.first


def answer_without_students(
    problems: pd.DataFrame,
    rationales: pd.DataFrame,
    exam_plan: pd.DataFrame,
    models: ModelsSettings,
    teaching: TeachingSettings,
    exams: ExamSettings,
    search: SearchSettings,
    prompts: PromptSettings,
    generation_store: GenerationStore,
    seed: Seed,
    domain: Domain,
    grading: GradingSettings,
    debug: DebugSettings,
) -> tuple[pd.DataFrame, pd.DataFrame, Usage, pd.DataFrame, pd.DataFrame]:
    """The teacher's greedy answers, and what the exam problems' labels give without a student."""
    asker = make_asker(prompts, generation_store, seed, domain, grading, debug)
    whole = exams.model_copy(update={"mode": "full"})
    papers = ExamPapers(exam_plan, problems, rationales, prompts, whole, asker.domain)
    found = ask_teacher(asker, problems, papers, models, search.of_teaching(teaching), search)
    return found.answers, found.exams, found.usage, found.first, found.first_exams


def select_and_compare(
    problems: pd.DataFrame,
    rationales: pd.DataFrame,
    exam_answers: pd.DataFrame,
    exam_decisions: Decisions,
    baseline_answers: pd.DataFrame,
    teacher_exam_answers: pd.DataFrame,
    first_rationales: pd.DataFrame,
    first_exam_answers: pd.DataFrame,
    first_baseline_answers: pd.DataFrame,
    first_teacher_exam_answers: pd.DataFrame,
    search: SearchSettings,
    seed: Seed,
    domain: Domain,
    grading: GradingSettings,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, Figures]:
    """Every method's answers, the curve over the number of rationales, accuracy by group, and all figures."""
    voting = Voting.on(problems, domain.graded_by(grading))
    methods = make_methods(rationales, exam_answers, baseline_answers, teacher_exam_answers, voting, search)
    selections = select_answers(problems, methods, exam_decisions, search)
    metrics = search_metrics(selections, search, seed.root)
    asked = (
        (rationales, first_rationales),
        (exam_answers, first_exam_answers),
        (baseline_answers, first_baseline_answers),
        (teacher_exam_answers, first_teacher_exam_answers),
    )
    metrics |= generation_costs(*(pd.concat(turns, ignore_index=True) for turns in asked))
    curve = accuracy_curve(methods, search, seed.root)
    return selections, curve, accuracy_by_group(problems, selections, search), metrics


def plot_accuracies(search_metrics: Figures) -> go.Figure:
    """Accuracy of every method with its interval."""
    return plot_search_accuracy(search_metrics)


def plot_curve(search_curve: pd.DataFrame) -> go.Figure:
    """Accuracy against the number of rationales."""
    return plot_search_curve(search_curve)


def write_summary(
    search_metrics: Figures,
    score_metrics: Figures,
    teaching_usage: Figures,
    exam_usage: Figures,
    baseline_usage: Figures,
) -> str:
    """The run's figures as a short text."""
    return summarise_search(search_metrics | score_metrics, [teaching_usage, exam_usage, baseline_usage])


def write_report(
    run_facts: dict[str, Any],
    rationales: pd.DataFrame,
    exam_answers: pd.DataFrame,
    lbt_scores: pd.DataFrame,
    procedures: pd.DataFrame,
    search_curve: pd.DataFrame,
    search_by_group: pd.DataFrame,
    score_metrics: Figures,
    search_metrics: Figures,
    teaching_usage: Figures,
    exam_usage: Figures,
    baseline_usage: Figures,
    tracking: TrackingSettings,
) -> tuple[str, str]:
    """The page with all that the search found, and the short description that MLflow shows.

    `tracking` is read by the hooks; here Kedro checks it.
    """
    material = SearchMaterial(
        facts=run_facts,
        rationales=rationales,
        exam_answers=exam_answers,
        lbt_scores=lbt_scores,
        procedures=procedures,
        search_curve=search_curve,
        search_by_group=search_by_group,
        metrics=score_metrics | search_metrics,
        usages={"teaching": teaching_usage, "exams": exam_usage, "baselines": baseline_usage},
    )
    return report_search(material)
