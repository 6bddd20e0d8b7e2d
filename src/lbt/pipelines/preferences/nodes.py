"""From scores to pairs."""

from typing import Any

import pandas as pd

from lbt import preferences as stage
from lbt.grading import GradingSettings, Voting
from lbt.pipelines.parameters import Domain, Seed
from lbt.preferences import PreferenceSettings


def build_pairs(
    problems: pd.DataFrame,
    rationales: pd.DataFrame,
    lbt_scores: pd.DataFrame,
    preferences: PreferenceSettings,
    seed: Seed,
    domain: Domain,
    grading: GradingSettings,
) -> tuple[pd.DataFrame, dict[str, Any], dict[str, float]]:
    """The pairs, the report of what was kept and dropped, and its main counts as metrics."""
    labels = None
    if preferences.labels == "majority":
        voting = Voting.on(problems, domain.graded_by(grading))
        labels = stage.agreed_labels(rationales, voting, preferences.minimum_confidence)
    pairs, report = stage.build_pairs(problems, rationales, lbt_scores, preferences, seed.root, labels)
    metrics = {
        "preferences.pairs": float(len(pairs)),
        "preferences.teaching_problems": float(report["teaching_problems"]),
        "preferences.problems_without_pairs": float(report["problems_without_pairs"]),
    }
    return pairs, report, metrics
