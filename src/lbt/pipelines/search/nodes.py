"""M1: select answers by exams, and what they are compared with."""

import pandas as pd
import plotly.graph_objects as go

from lbt.exams import ExamSettings
from lbt.exams.papers import ExamPapers
from lbt.generation import GenerationStore, ModelsSettings
from lbt.grading import domain_named
from lbt.pipelines.exams.nodes import sit
from lbt.pipelines.parameters import Domain, Seed
from lbt.pipelines.teaching.nodes import Report, explain
from lbt.prompts import PromptSettings
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


def explain_for_search(
    problems: pd.DataFrame,
    models: ModelsSettings,
    prompts: PromptSettings,
    teaching: TeachingSettings,
    search: SearchSettings,
    generation_store: GenerationStore,
    seed: Seed,
    domain: Domain,
    leakage_report: Report,
    model_identities: Report,
) -> tuple[pd.DataFrame, Figures]:
    """As in the main job, with `search.samples` rationales."""
    return explain(
        problems,
        models,
        prompts,
        _teaching(teaching, search),
        generation_store,
        seed,
        domain,
        leakage_report,
        model_identities,
    )


def examine(
    exam_plan: pd.DataFrame,
    problems: pd.DataFrame,
    rationales: pd.DataFrame,
    models: ModelsSettings,
    prompts: PromptSettings,
    exams: ExamSettings,
    search: SearchSettings,
    generation_store: GenerationStore,
    seed: Seed,
    domain: Domain,
) -> tuple[pd.DataFrame, Figures, Decisions]:
    """All exams, as in the main job; or those that an adaptive examiner asks, and what they decided."""
    if search.examiner == "full":
        answers, usage = sit(
            exam_plan, problems, rationales, models, prompts, exams, generation_store, seed, domain
        )
        return answers, usage, {}
    papers = ExamPapers(problems, rationales, prompts, exams, seed.root, domain_named(domain.root))
    adaptive, decisions = examine_adaptively(
        exam_plan,
        rationales,
        papers,
        models.students,
        search,
        generation_store,
        seed.root,
        domain_named(domain.root),
    )
    return adaptive.answers, adaptive.usage, decisions


def ask(
    problems: pd.DataFrame,
    rationales: pd.DataFrame,
    exam_plan: pd.DataFrame,
    models: ModelsSettings,
    prompts: PromptSettings,
    teaching: TeachingSettings,
    exams: ExamSettings,
    search: SearchSettings,
    generation_store: GenerationStore,
    seed: Seed,
    domain: Domain,
) -> tuple[pd.DataFrame, pd.DataFrame, Figures]:
    """The teacher's greedy answers, and what the exam problems' labels give without a student."""
    papers = ExamPapers(problems, rationales, prompts, exams, seed.root, domain_named(domain.root))
    found = ask_teacher(
        problems,
        exam_plan,
        papers,
        models.teacher,
        prompts,
        _teaching(teaching, search),
        search,
        generation_store,
        seed.root,
        domain_named(domain.root),
    )
    return found.answers, found.exams, found.usage


def select(
    problems: pd.DataFrame,
    rationales: pd.DataFrame,
    exam_answers: pd.DataFrame,
    exam_decisions: Decisions,
    baseline_answers: pd.DataFrame,
    teacher_exam_answers: pd.DataFrame,
    search: SearchSettings,
    seed: Seed,
    domain: Domain,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, Figures]:
    """Every method's answers, the curve over the number of rationales, accuracy by group, and all figures."""
    methods = make_methods(
        rationales, exam_answers, baseline_answers, teacher_exam_answers, domain_named(domain.root), search
    )
    selections = select_answers(problems, methods, exam_decisions, search)
    metrics = search_metrics(selections, search, seed.root)
    metrics |= generation_costs(rationales, exam_answers, baseline_answers, teacher_exam_answers)
    curve = accuracy_curve(methods, search, seed.root)
    return selections, curve, accuracy_by_group(problems, selections, search), metrics


def draw_accuracies(search_metrics: Figures) -> go.Figure:
    """Accuracy of every method with its interval."""
    return plot_search_accuracy(search_metrics)


def draw_curve(search_curve: pd.DataFrame) -> go.Figure:
    """Accuracy against the number of rationales."""
    return plot_search_curve(search_curve)


def write_summary(
    search_metrics: Figures, teaching_usage: Figures, exam_usage: Figures, baseline_usage: Figures
) -> str:
    """The run's figures as a short text."""
    return summarise_search(search_metrics, [teaching_usage, exam_usage, baseline_usage])


def _teaching(teaching: TeachingSettings, search: SearchSettings) -> TeachingSettings:
    return teaching.model_copy(update={"samples": search.samples or teaching.samples})
