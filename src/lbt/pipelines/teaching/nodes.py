"""The teacher explains."""

from typing import Any

import pandas as pd

from lbt import teaching as stage
from lbt.asking import Usage
from lbt.generation import GenerationStore, ModelsSettings
from lbt.pipelines.parameters import Domain, Seed, make_asker
from lbt.prompts import PromptSettings
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
    *checks: Report,
) -> tuple[pd.DataFrame, Usage]:
    """The rationales of the teaching problems.

    `checks` are reports that must be there before a model is loaded.
    """
    asker = make_asker(prompts, generation_store, seed, domain)
    asked = stage.sample_rationales(asker, problems, models.teacher, teaching)
    return asked.table, asked.usage
