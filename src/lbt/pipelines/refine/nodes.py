"""M3: refine exemplars, measure them, report."""

import os
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go

from lbt import refine as stage
from lbt.asking import Usage
from lbt.generation import GenerationStore, ModelsSettings
from lbt.grading import GradingSettings
from lbt.pipelines.parameters import Domain, Folder, Seed, make_asker
from lbt.pipelines.teaching.nodes import Report
from lbt.prompts import DebugSettings, PromptSettings
from lbt.refine import RefineSettings
from lbt.reporting.refine_plots import plot_refine_rounds
from lbt.reporting.refine_sets import describe_sets
from lbt.reporting.refine_summary import summarise_refinement
from lbt.teaching import TeachingSettings

Figures = dict[str, float]


def refine(
    problems: pd.DataFrame,
    models: ModelsSettings,
    teaching: TeachingSettings,
    refine: RefineSettings,
    refine_folder: Folder,
    prompts: PromptSettings,
    generation_store: GenerationStore,
    seed: Seed,
    domain: Domain,
    grading: GradingSettings,
    debug: DebugSettings,
    leakage_report: Report,
    model_identities: Report,
    run_size: Report,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame, Usage]:
    """All arms over all rounds; after each the state so far is written into `refine_folder`."""
    asker = make_asker(prompts, generation_store, seed, domain, grading, debug)

    def watch(state: pd.DataFrame) -> None:
        keep(state, refine_folder.root / "refine_state.parquet")

    done = stage.refine(asker, problems, models, teaching, refine, watch)
    return *done.tables, done.usage


def keep(state: pd.DataFrame, path: Path) -> None:
    """Write a table that is whole at every moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    state.to_parquet(unfinished)
    os.replace(unfinished, path)


def measure(
    refine_rounds: pd.DataFrame,
    refine_held_out: pd.DataFrame,
    problems: pd.DataFrame,
    refine: RefineSettings,
    seed: Seed,
    domain: Domain,
    grading: GradingSettings,
) -> Figures:
    """What each arm reached, and its differences to the others."""
    graded_by = domain.graded_by(grading)
    return stage.refine_metrics(refine_rounds, refine_held_out, problems, refine, graded_by, seed.root)


def plot_rounds(refine_rounds: pd.DataFrame) -> go.Figure:
    """Held-out accuracy, or F1, over the rounds, a line an arm."""
    return plot_refine_rounds(refine_rounds)


def show_sets(refine_state: pd.DataFrame, refine_rounds: pd.DataFrame) -> str:
    """The best set of every round and arm, side by side."""
    return describe_sets(refine_state, refine_rounds)


def write_summary(refine_metrics: Figures, refine_rounds: pd.DataFrame, refine_usage: Figures) -> str:
    """The run's figures as a short text."""
    return summarise_refinement(refine_metrics, refine_rounds, refine_usage)
