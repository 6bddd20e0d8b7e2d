"""Plots and the closing summary."""

import pandas as pd
import plotly.graph_objects as go

from lbt.reporting import plot_accuracy_by_family, plot_lbt_scores, plot_training_curves, summarise

Figures = dict[str, float]


def draw_lbt_scores(
    rationales: pd.DataFrame, lbt_scores: pd.DataFrame, procedures: pd.DataFrame
) -> go.Figure:
    """LbT scores of right against wrong rationales."""
    return plot_lbt_scores(rationales, lbt_scores, procedures)


def draw_training(training_log: pd.DataFrame) -> go.Figure:
    """Training curves."""
    return plot_training_curves(training_log)


def draw_accuracy(accuracy_by_family: pd.DataFrame) -> go.Figure:
    """Accuracy before and after, by family."""
    return plot_accuracy_by_family(accuracy_by_family)


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
    return summarise(
        score_metrics | preference_metrics | evaluation_metrics,
        training_outcome,
        [teaching_usage, exam_usage, evaluation_usage],
    )
