"""What the arms' targets can do, beside the base target and beside each other."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd

from lbt import tables
from lbt.evaluation import EvaluationSettings
from lbt.grading import COUNTED
from lbt.instructor.settings import FROM_ERRORS
from lbt.seeds import random_stream
from lbt.statistics import Comparison, compare_paired, wilson_interval

Metrics = dict[str, float]
_BASE = ("base", 0)
_SHARES = ("duplicate", "leaked", "unanswered", "too_long")


class Outcomes:
    """Right and wrong on the held-out problems, after every iteration of every arm.

    Only problems are compared whose generation failed for no target.

    Args:
        answers: The table `instructor_answers`.
        settings: Resamples and confidence of intervals.
        seed: The run's seed.
    """

    def __init__(self, answers: pd.DataFrame, settings: EvaluationSettings, seed: int) -> None:
        held_out = answers[answers["role"] == "evaluation"]
        failed = set(held_out.loc[~held_out["verdict"].isin(COUNTED), "problem_id"])
        kept = held_out[~held_out["problem_id"].isin(failed)]
        self.failed = len(failed)
        self.right = (
            kept.assign(right=kept["verdict"].eq("correct"))
            .pivot(index="problem_id", columns=["arm", "iteration"], values="right")
            .sort_index()
            .astype(bool)
        )
        families = kept.drop_duplicates("problem_id").set_index("problem_id")["family"]
        self.families = families.reindex(self.right.index)
        self._settings = settings
        self._seed = seed

    def states(self) -> list[tuple[str, int]]:
        """Every target: its arm and how often it was trained, the base first."""
        found = [(str(state[0]), int(state[1])) for state in self.right.columns.to_list()]
        return [_BASE, *(state for state in found if state != _BASE)]

    def of(self, arm: str, iteration: int) -> np.ndarray:
        """Of shape (problems,): whether the arm's target is right after so many iterations.

        A target that was not asked again, since nothing had changed, is as it was before.
        """
        while iteration and (arm, iteration) not in self.right.columns:
            iteration -= 1
        return self.right[(arm, iteration) if iteration else _BASE].to_numpy(bool)

    def accuracy(self, right: np.ndarray) -> tuple[float, float, float]:
        """The share of right answers with its Wilson interval."""
        low, high = wilson_interval(int(right.sum()), len(right), self._settings.confidence)
        return float(right.mean()), low, high

    def compare(self, first: np.ndarray, second: np.ndarray, *names: str) -> Comparison:
        """Second less first on the same problems."""
        settings = self._settings
        rng = random_stream(self._seed, "instructor", *names)
        samples, confidence = settings.bootstrap_samples, settings.confidence
        return compare_paired(first, second, self.families.tolist(), samples, confidence, rng)


def make_rounds(outcomes: Outcomes, items: pd.DataFrame, trainings: pd.DataFrame) -> pd.DataFrame:
    """One row an arm and iteration: the table `instructor_rounds`."""
    rows = []
    for row in trainings.to_dict("records"):
        arm, iteration = row["arm"], row["iteration"]
        before, after = outcomes.of(arm, iteration - 1), outcomes.of(arm, iteration)
        found = outcomes.compare(outcomes.of(*_BASE), after, arm, str(iteration))
        accuracy, low, high = outcomes.accuracy(after)
        own = items[(items["arm"] == arm) & (items["iteration"] == iteration)]
        told = ("arm", "iteration", "trained", "reason", "errors", "items", "mixed", "steps", "last_loss")
        rows.append(
            {name: row[name] for name in told}
            | {"problems": len(after), "accuracy": accuracy}
            | {"accuracy_ci_low": low, "accuracy_ci_high": high}
            | {"delta": found.difference, "delta_ci_low": found.low, "delta_ci_high": found.high}
            | {"repaired": int((after & ~before).sum()), "forgotten": int((before & ~after).sum())}
            | _shares(own)
        )
    return tables.make_table(tables.instructor_rounds, rows)


def _shares(own: pd.DataFrame) -> dict[str, float | int | None]:
    """What became of the items of an arm and iteration."""
    made = own[own["form"].isin(["drawn", "strict", "tolerant"]) & ~own["mixed"]]
    learned = own[own["fate"].eq("learned") & own["right"].notna()]
    checked = made[made["fate"].isin(["learned", "surplus", "unverified"])]
    verified = (checked["fate"] != "unverified").mean() if len(checked) else None
    replies = own[own["form"].isin(["strict", "tolerant", "none"])].drop_duplicates("source_id")["form"]
    return {
        "written": len(made),
        **{form: _share(replies == form) for form in ("strict", "tolerant")},
        "unparsable": _share(replies == "none"),
        **{fate: _share(made["fate"] == fate) for fate in _SHARES},
        "verified": verified,
        "right": _share(learned["right"].astype(bool)),
    }


def _share(of: pd.Series) -> float | None:
    return float(of.mean()) if len(of) else None


def instructor_metrics(outcomes: Outcomes, rounds: pd.DataFrame) -> Metrics:
    """The run's figures by their MLflow names.

    `instructor.base.accuracy`; after each arm's last iteration `instructor.<arm>.accuracy`, its `delta` to
    the base target, and `instructor.<second>_minus_<first>` of every two arms; differences with intervals for
    new problems of these families (`_ci_low`, `_ci_high`, `_p_value`) and for new families (`_family_...`).
    """
    metrics: Metrics = {
        "instructor.problems": float(len(outcomes.right)),
        "instructor.families": float(outcomes.families.nunique()),
        "instructor.failed": float(outcomes.failed),
        **_accuracy(outcomes, "base", outcomes.of(*_BASE)),
    }
    last: dict[str, int] = {str(row["arm"]): int(row["iteration"]) for row in rounds.to_dict("records")}
    for arm, iteration in last.items():
        right = outcomes.of(arm, iteration)
        metrics |= _accuracy(outcomes, arm, right)
        name = f"instructor.{arm}.delta"
        metrics |= outcomes.compare(outcomes.of(*_BASE), right, arm).figures(name, f"{name}_")
        own = rounds[rounds["arm"] == arm]
        metrics |= {f"instructor.{arm}.{key}": float(own[key].sum()) for key in ("items", "steps")}
    for first, second in _pairs(list(last)):
        name = f"instructor.{second}_minus_{first}"
        found = outcomes.compare(outcomes.of(first, last[first]), outcomes.of(second, last[second]), name)
        metrics |= found.figures(name, f"{name}_")
    return metrics


def _pairs(arms: list[str]) -> Iterator[tuple[str, str]]:
    """Every two arms, the one that learns from errors second."""
    for first, second in combinations(arms, 2):
        yield (second, first) if first in FROM_ERRORS and second not in FROM_ERRORS else (first, second)


def _accuracy(outcomes: Outcomes, arm: str, right: np.ndarray) -> Metrics:
    name = f"instructor.{arm}.accuracy"
    share, low, high = outcomes.accuracy(right)
    return {name: share, f"{name}_ci_low": low, f"{name}_ci_high": high}


def accuracy_by_family(outcomes: Outcomes, items: pd.DataFrame) -> pd.DataFrame:
    """The table `instructor_by_family`: every target's accuracy in each family, and what it learned there."""
    learned = items[items["fate"] == "learned"].groupby(["arm", "iteration", "family"]).size().to_dict()
    rows = []
    for arm, iteration in outcomes.states():
        right = outcomes.right[(arm, iteration)]
        for family, own in right.groupby(outcomes.families):
            accuracy, low, high = outcomes.accuracy(own.to_numpy(bool))
            count = learned.get((arm, iteration, family), 0)
            rows.append((arm, iteration, family, len(own), accuracy, low, high, count))
    return tables.make_table(tables.instructor_by_family, rows)
