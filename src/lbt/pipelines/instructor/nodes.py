"""LE and LEC: a target learns from problems that an instructor makes from its errors."""

import pandas as pd
import plotly.graph_objects as go

from lbt.asking import Usage
from lbt.evaluation import EvaluationSettings
from lbt.generation import GenerationStore, ModelsSettings
from lbt.grading import GradingSettings
from lbt.instructor import (
    InstructorSettings,
    Outcomes,
    Roles,
    accuracy_by_family,
    instructor_metrics,
    make_rounds,
    run_instruction,
)
from lbt.instructor.requirements import check_requirements
from lbt.pipelines.parameters import Domain, Folder, Seed, make_asker
from lbt.pipelines.problems.nodes import read_problems
from lbt.pipelines.teaching.nodes import Report
from lbt.problems import ProblemSettings
from lbt.prompts import DebugSettings, PromptSettings
from lbt.reporting.instructor_plots import plot_families, plot_rounds
from lbt.reporting.instructor_summary import describe_instruction, summarise_instruction

Figures = dict[str, float]


def ingest_problems(
    problems: ProblemSettings,
    instructor: InstructorSettings,
    seed: Seed,
    domain: Domain,
    grading: GradingSettings,
) -> tuple[pd.DataFrame, Report]:
    """The problems with their roles, of which `instructor.problems` are for training; there are no exams."""
    update = {"teaching": instructor.problems or problems.teaching, "exam_per_family": 1}
    return read_problems(problems.model_copy(update=update), seed, domain, grading, exams=None)


def check_target(
    problems: pd.DataFrame,
    models: ModelsSettings,
    instructor: InstructorSettings,
    evaluation: EvaluationSettings,
    domain: Domain,
    grading: GradingSettings,
    model_identities: Report,
) -> dict[str, bool]:
    """Refuse what cannot be done before a model is loaded."""
    check_requirements(problems, models, instructor, evaluation, domain.graded_by(grading))
    return {"trainable": True}


def instruct(
    problems: pd.DataFrame,
    models: ModelsSettings,
    instructor: InstructorSettings,
    evaluation: EvaluationSettings,
    training_folder: Folder,
    prompts: PromptSettings,
    generation_store: GenerationStore,
    seed: Seed,
    domain: Domain,
    grading: GradingSettings,
    debug: DebugSettings,
    leakage_report: Report,
    run_size: Report,
    target_check: dict[str, bool],
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame, Usage]:
    """All iterations and arms; the last inputs are checks that must have passed before a model is loaded."""
    asker = make_asker(prompts, generation_store, seed, domain, grading, debug)
    roles = Roles.of(asker, problems, models, instructor)
    return run_instruction(roles, evaluation, training_folder.root).tables()


def compare_arms(
    instructor_answers: pd.DataFrame,
    instructor_items: pd.DataFrame,
    instructor_trainings: pd.DataFrame,
    evaluation: EvaluationSettings,
    seed: Seed,
) -> tuple[pd.DataFrame, pd.DataFrame, Figures]:
    """Every arm and iteration, accuracy by family, and all figures."""
    outcomes = Outcomes(instructor_answers, evaluation, seed.root)
    rounds = make_rounds(outcomes, instructor_items, instructor_trainings)
    by_family = accuracy_by_family(outcomes, instructor_items)
    return rounds, by_family, instructor_metrics(outcomes, rounds)


def plot_accuracies(instructor_rounds: pd.DataFrame, instructor_metrics: Figures) -> go.Figure:
    """Accuracy by arm and iteration."""
    return plot_rounds(instructor_rounds, instructor_metrics)


def plot_by_family(instructor_by_family: pd.DataFrame) -> go.Figure:
    """Accuracy by family, after the last iteration of each arm."""
    return plot_families(instructor_by_family)


def write_report(
    problems: pd.DataFrame,
    instructor_answers: pd.DataFrame,
    instructor_items: pd.DataFrame,
    instructor_rounds: pd.DataFrame,
    instructor_by_family: pd.DataFrame,
    seed: Seed,
) -> str:
    """Markdown: the rounds, the families, and a few items beside the errors that they came from."""
    return describe_instruction(
        problems, instructor_answers, instructor_items, instructor_rounds, instructor_by_family, seed.root
    )


def write_summary(
    instructor_rounds: pd.DataFrame, instructor_metrics: Figures, instructor_usage: Figures
) -> str:
    """The run's figures as a short text."""
    return summarise_instruction(instructor_rounds, instructor_metrics, instructor_usage)
