"""What the report of a run is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from lbt.reporting.page.numbers import Figures


@dataclass(frozen=True)
class RunMaterial:
    """The tables and figures of a run of the main job."""

    facts: Mapping[str, Any]
    """What was run: `RunFacts` of the hooks writes it."""
    problems: pd.DataFrame
    rationales: pd.DataFrame
    exam_answers: pd.DataFrame
    lbt_scores: pd.DataFrame
    procedures: pd.DataFrame
    pairs: pd.DataFrame
    training_log: pd.DataFrame
    outcome: Mapping[str, str]
    evaluation_answers: pd.DataFrame
    accuracy_by_family: pd.DataFrame
    metrics: Figures
    """The figures of all stages by their MLflow names."""
    usages: Mapping[str, Figures]
    """What each stage generated."""
    seed: int

    @property
    def trained(self) -> bool:
        """Whether there is a tuned teacher."""
        return self.outcome["outcome"] == "trained"

    @property
    def evaluated(self) -> bool:
        """Whether there were evaluation problems."""
        return "eval.base.accuracy" in self.metrics
