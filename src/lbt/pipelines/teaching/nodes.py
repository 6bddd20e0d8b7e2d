"""The teacher explains."""

from typing import Any

import pandas as pd

from lbt.generation import GenerationStore, ModelsSettings
from lbt.grading import domain_named
from lbt.pipelines.parameters import Domain, Seed
from lbt.prompts import PromptSettings
from lbt.teaching import TeachingSettings, sample_rationales

Report = dict[str, Any]


def explain(
    problems: pd.DataFrame,
    models: ModelsSettings,
    prompts: PromptSettings,
    teaching: TeachingSettings,
    generation_store: GenerationStore,
    seed: Seed,
    domain: Domain,
    leakage_report: Report,
    model_identities: Report,
) -> tuple[pd.DataFrame, dict[str, float]]:
    """Sample the rationales of the teaching problems.

    The last two inputs are the checks that must have passed before a model is loaded.
    """
    return sample_rationales(
        problems, models.teacher, prompts, teaching, generation_store, seed.root, domain_named(domain.root)
    )
