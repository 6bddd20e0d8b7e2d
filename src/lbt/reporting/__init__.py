"""Plots and texts of a run, from its tables and figures."""

from lbt.reporting.plots import plot_accuracy_by_family, plot_lbt_scores, plot_training_curves
from lbt.reporting.settings import TrackingSettings
from lbt.reporting.summary import summarise

__all__ = [
    "TrackingSettings",
    "plot_accuracy_by_family",
    "plot_lbt_scores",
    "plot_training_curves",
    "summarise",
]
