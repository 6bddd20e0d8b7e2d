"""From scores to pairs."""

from typing import Any

import pandas as pd

from lbt import preferences as stage
from lbt.pipelines.parameters import Seed
from lbt.preferences import PreferenceSettings


def build_pairs(
    problems: pd.DataFrame,
    rationales: pd.DataFrame,
    lbt_scores: pd.DataFrame,
    preferences: PreferenceSettings,
    seed: Seed,
) -> tuple[pd.DataFrame, dict[str, Any], dict[str, float]]:
    """The pairs, the report of what was kept and dropped, and its main counts as metrics."""
    pairs, report = stage.build_pairs(problems, rationales, lbt_scores, preferences, seed.root)
    metrics = {
        "preferences.pairs": float(len(pairs)),
        "preferences.teaching_problems": float(report["teaching_problems"]),
        "preferences.problems_without_pairs": float(report["problems_without_pairs"]),
    }
    return pairs, report, metrics
