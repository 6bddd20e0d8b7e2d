"""Plots, the closing summary and the report."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from lbt import reporting as stage
from lbt.pipelines.parameters import Seed
from lbt.problems import ProblemSettings
from lbt.prompts import PromptSettings
from lbt.reporting import TrackingSettings
from lbt.reporting.page import RunMaterial, report_run
from lbt.sharing import PreferenceSet, make_preference_set, model_card
from lbt.training import TrainingSettings

Figures = dict[str, float]


def plot_lbt_scores(
    rationales: pd.DataFrame, lbt_scores: pd.DataFrame, procedures: pd.DataFrame
) -> go.Figure:
    """LbT scores of right against wrong rationales."""
    return stage.plot_lbt_scores(rationales, lbt_scores, procedures)


def plot_training(training_log: pd.DataFrame) -> go.Figure:
    """Training curves."""
    return stage.plot_training_curves(training_log)


def plot_accuracy(accuracy_by_family: pd.DataFrame) -> go.Figure:
    """Accuracy before and after, by family."""
    return stage.plot_accuracy_by_family(accuracy_by_family)


def write_summary(
    score_metrics: Figures,
    preference_metrics: Figures,
    training_outcome: dict[str, str],
    evaluation_metrics: Figures,
    teaching_usage: Figures,
    exam_usage: Figures,
    evaluation_usage: Figures,
    consensus_metrics: Figures,
    reexam_metrics: Figures,
    reexam_usage: Figures,
) -> str:
    """The run's figures as a short text."""
    usages = [teaching_usage, exam_usage, evaluation_usage]
    return stage.summarise(
        consensus_metrics | score_metrics | preference_metrics | reexam_metrics | evaluation_metrics,
        training_outcome,
        [*usages, reexam_usage] if reexam_usage else usages,
    )


def write_report(
    run_facts: dict[str, Any],
    problems: pd.DataFrame,
    rationales: pd.DataFrame,
    exam_answers: pd.DataFrame,
    lbt_scores: pd.DataFrame,
    procedures: pd.DataFrame,
    pairs: pd.DataFrame,
    training_log: pd.DataFrame,
    training_outcome: dict[str, str],
    evaluation_answers: pd.DataFrame,
    accuracy_by_family: pd.DataFrame,
    score_metrics: Figures,
    preference_metrics: Figures,
    training_metrics: Figures,
    evaluation_metrics: Figures,
    teaching_usage: Figures,
    exam_usage: Figures,
    evaluation_usage: Figures,
    reexam_usage: Figures,
    seed: Seed,
    tracking: TrackingSettings,
) -> tuple[str, str]:
    """The page with all that the run found, and the short description that MLflow shows.

    `tracking` is read by the hooks; here Kedro checks it.
    """
    material = RunMaterial(
        facts=run_facts,
        problems=problems,
        rationales=rationales,
        exam_answers=exam_answers,
        lbt_scores=lbt_scores,
        procedures=procedures,
        pairs=pairs,
        training_log=training_log,
        outcome=training_outcome,
        evaluation_answers=evaluation_answers,
        accuracy_by_family=accuracy_by_family,
        metrics=score_metrics | preference_metrics | training_metrics | evaluation_metrics,
        usages={
            "teaching": teaching_usage,
            "exams": exam_usage,
            "evaluation": evaluation_usage,
            **({"further exams": reexam_usage} if reexam_usage else {}),
        },
        seed=seed.root,
    )
    return report_run(material)


def share_pairs(
    run_facts: dict[str, Any],
    pairs: pd.DataFrame,
    preference_report: dict[str, Any],
    prompts: PromptSettings,
    problems: ProblemSettings,
) -> PreferenceSet:
    """The pairs as a data set for others, with its card."""
    return make_preference_set(pairs, preference_report, run_facts, prompts, problems.source)


def write_model_card(
    run_facts: dict[str, Any],
    pairs: pd.DataFrame,
    training_outcome: dict[str, str],
    training_metrics: Figures,
    evaluation_metrics: Figures,
    training: TrainingSettings,
    problems: ProblemSettings,
) -> str:
    """The card of the tuned teacher with its results."""
    if training_outcome["outcome"] != "trained":
        return f"The teacher was not trained: {training_outcome['outcome_reason']}.\n"
    return model_card(
        run_facts,
        training.model_dump(mode="json"),
        training_metrics | evaluation_metrics,
        problems.source,
        pairs["question"].iloc[0],
    )
