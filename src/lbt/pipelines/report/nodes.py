"""Plots and the closing summary."""

import pandas as pd
import plotly.graph_objects as go

from lbt import reporting as stage

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
) -> str:
    """The run's figures as a short text."""
    return stage.summarise(
        score_metrics | preference_metrics | evaluation_metrics,
        training_outcome,
        [teaching_usage, exam_usage, evaluation_usage],
    )
