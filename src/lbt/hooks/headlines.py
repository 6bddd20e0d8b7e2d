"""Which figures become metrics in MLflow, and in which order; the rest is in the run's report and files.

MLflow's Compare view and charts begin with the metric that was logged first, not with the first by name. So
metrics are kept until the run ends, and the result is logged before all others.
"""

import re
from collections.abc import Iterable

import mlflow
from mlflow import MlflowClient
from mlflow.entities import Metric

# a student's own, what a method costs, how a training went on after a kill, and counts that say how sure
# another figure is
_DETAILS = re.compile(
    r"exam\.(demos|baseline_mean.*|\w+\.\w+)"
    r"|scoring\.(right|lucky)_demos"
    r"|preferences\.(?!pairs$).*"
    r"|search\.cost\..*"
    r"|training\.(trained|pairs_too_long|items_too_long|resumed_step|seconds|last_epoch\..*)"
)
_INTERVALS = re.compile(r".*_(ci_low|ci_high|p_value)")
_WITH_INTERVALS = re.compile(
    r"eval\..*|search\.(sum|max)_minus_sc_.*|refine\.students_minus_.*|instructor\..*"
)
_FIRST = (
    "eval.delta",
    "eval.tuned.accuracy",
    "eval.base.accuracy",
    "search.sum_minus_sc",
    "search.sum.accuracy",
)
_RESULTS = ("eval.", "search.", "refine.", "instructor.")
_CURVES = ("training.", "rounds.")
_AT_ONCE = 1000
"""MLflow's limit of metrics in one batch."""


def is_headline(name: str) -> bool:
    """Whether runs are compared by this figure."""
    if _INTERVALS.fullmatch(name):
        return bool(_WITH_INTERVALS.fullmatch(name))
    return not _DETAILS.fullmatch(name)


class Ledger:
    """The metrics of a run until they are logged."""

    def __init__(self) -> None:
        self._metrics: list[Metric] = []

    def add(self, metrics: Iterable[Metric]) -> None:
        """Keep metrics; those that are no headlines are left out."""
        self._metrics += [metric for metric in metrics if is_headline(metric.key)]

    def log(self) -> None:
        """Log all that was kept into the active run, the result first, and keep nothing."""
        metrics, self._metrics = sorted(self._metrics, key=_rank), []
        run = mlflow.active_run()
        if run is None:
            return
        for start in range(0, len(metrics), _AT_ONCE):
            MlflowClient().log_batch(run.info.run_id, metrics=metrics[start : start + _AT_ONCE])


def _rank(metric: Metric) -> tuple[int, int]:
    """Results, other figures, curves; each in the order in which they came."""
    name = metric.key
    place = _FIRST.index(name) if name in _FIRST else len(_FIRST)
    kind = 0 if name.startswith(_RESULTS) else 2 if name.startswith(_CURVES) else 1
    return kind, place
