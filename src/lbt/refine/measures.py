"""Accuracy and F1 of held-out answers, and differences of two sets' answers to the same questions.

F1 is that of the binary positive class: 2 tp / (2 tp + fp + fn). An answer that cannot be read is no answer
of the positive class; a failed generation counts nowhere.
"""

import numpy as np
import pandas as pd

from lbt.grading import COUNTED, Domain
from lbt.refine.settings import RefineSettings
from lbt.seeds import random_stream
from lbt.statistics import Interval, compare_paired, wilson_interval

Figures = dict[str, float]


class Measure:
    """Measures answers to held-out problems.

    Args:
        settings: The positive class, resamples and confidence.
        problems: The table `problems`.
        domain: What an answer is.
        seed: Of the run, for the bootstrap.
    """

    def __init__(self, settings: RefineSettings, problems: pd.DataFrame, domain: Domain, seed: int) -> None:
        self._settings = settings
        self._seed = seed
        self._positive = None if settings.positive is None else domain.canonical(settings.positive)
        golds = zip(problems["problem_id"], problems["answer"], strict=True)
        self._is_positive = {name: domain.canonical(gold) == self._positive for name, gold in golds}

    def of(self, answers: pd.DataFrame) -> Figures:
        """accuracy and f1, each with its interval over questions; nothing if all generations failed."""
        counted = answers[answers["verdict"].isin(COUNTED)]
        if counted.empty:
            return {}
        right = counted["verdict"].eq("correct")
        low, high = wilson_interval(int(right.sum()), len(right), self._settings.confidence)
        found = {"accuracy": float(right.mean()), "ci_low": low, "ci_high": high}
        if self._positive is None:
            return found
        cells = np.bincount(self._cells(counted), minlength=4)
        rng = random_stream(self._seed, "refine", "f1")
        drawn = rng.multinomial(len(counted), cells / len(counted), size=self._settings.bootstrap_samples)
        value = float(f1(cells))
        low, high = _around(value, f1(drawn), self._settings.confidence)
        return found | {"f1": value, "f1_ci_low": low, "f1_ci_high": high}

    def difference(self, before: pd.DataFrame, after: pd.DataFrame, name: str) -> Figures:
        """What `after` gains over `before` on the questions that both answered, by the metrics' names.

        `name` with its intervals (paired bootstrap; `_family_` ones for new families) and p-values is the
        difference of accuracies; `name`_f1 that of F1 with its paired bootstrap interval.
        """
        both = before.merge(after, on="problem_id", suffixes=("_before", "_after"))
        both = both[both["verdict_before"].isin(COUNTED) & both["verdict_after"].isin(COUNTED)]
        if both.empty:
            return {}
        settings, rng = self._settings, random_stream(self._seed, "refine", name)
        compared = compare_paired(
            both["verdict_before"].eq("correct").to_numpy(),
            both["verdict_after"].eq("correct").to_numpy(),
            both["family_before"].tolist(),
            settings.bootstrap_samples,
            settings.confidence,
            rng,
        )
        found = compared.figures(name, f"{name}_")
        if self._positive is None:
            return found
        cells = [
            self._cells(both.rename(columns={f"answer_{when}": "answer"})) for when in ("before", "after")
        ]
        pairs = np.bincount(cells[0] * 4 + cells[1], minlength=16)
        drawn = rng.multinomial(len(both), pairs / len(both), size=settings.bootstrap_samples)
        value = float(_f1_difference(pairs))
        low, high = _around(value, _f1_difference(drawn), settings.confidence)
        return found | {f"{name}_f1": value, f"{name}_f1_ci_low": low, f"{name}_f1_ci_high": high}

    def _cells(self, answers: pd.DataFrame) -> np.ndarray:
        """For each answer 2 if the gold answer is positive, and 1 if the given one is."""
        gold = answers["problem_id"].map(self._is_positive).astype(int).to_numpy()
        given = (answers["answer"] == self._positive).astype(int).to_numpy()
        return np.asarray(2 * gold + given)


def f1(cells: np.ndarray) -> np.ndarray:
    """F1 of counts of shape (..., 4): true negatives, false positives, false negatives, true positives.

    0 where no answer is positive and none should be.
    """
    hits, misses = 2 * cells[..., 3], cells[..., 1] + cells[..., 2]
    return np.asarray(hits / np.maximum(hits + misses, 1))


def _f1_difference(pairs: np.ndarray) -> np.ndarray:
    table = pairs.reshape(*pairs.shape[:-1], 4, 4)
    return np.asarray(f1(table.sum(axis=-2)) - f1(table.sum(axis=-1)))


def _around(value: float, drawn: np.ndarray, confidence: float) -> Interval:
    """The middle `confidence` of the draws, widened to the estimate."""
    low, high = np.quantile(drawn, [(1 - confidence) / 2, (1 + confidence) / 2])
    return min(float(low), value), max(float(high), value)
