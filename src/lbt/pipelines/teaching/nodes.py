"""The teacher explains."""

from typing import Any

import pandas as pd

from lbt import teaching as stage
from lbt.asking import Usage
from lbt.generation import GenerationStore, ModelsSettings
from lbt.grading import GradingSettings
from lbt.pipelines.parameters import Domain, Seed, make_asker
from lbt.prompts import DebugSettings, PromptSettings
from lbt.teaching import TeachingSettings

Report = dict[str, Any]


def sample_rationales(
    problems: pd.DataFrame,
    models: ModelsSettings,
    teaching: TeachingSettings,
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
    """The rationales of the teaching problems, and those that were debugged as they were before.

    The last three inputs are checks that must have passed before a model is loaded.
    """
    asker = make_asker(prompts, generation_store, seed, domain, grading, debug)
    asked = stage.sample_rationales(asker, problems, models.teacher, teaching)
    return asked.table, asked.usage, asked.first
