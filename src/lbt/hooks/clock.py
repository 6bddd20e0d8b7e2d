"""Time per stage, and the few lines that a run prints."""

import logging
from collections import defaultdict
from time import perf_counter
from typing import Any

import mlflow
from kedro.framework.hooks import hook_impl
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node

from lbt.reporting.texts import duration, spent

logger = logging.getLogger("lbt")

# Its nodes draw what is there as soon as it is there, between the nodes of other stages.
_BETWEEN = "report"

_LOOK_FURTHER = """\
Compare runs in MLflow:   make ui
See pipeline and data:    make viz"""


class StageClock:
    """Announces a stage when its nodes start, adds up their times, and prints the run's summary.

    A stage is the namespace of its nodes. Time is that of the node's function, without loading and saving.
    """

    def __init__(self) -> None:
        self._stages: list[str] = []
        self._announced: str | None = None
        self._seconds: dict[str, float] = defaultdict(float)
        self._node_started = 0.0
        self._run_started = 0.0
        self._summary: str | None = None

    @hook_impl
    def before_pipeline_run(self, pipeline: Pipeline) -> None:
        """Number the stages in the order in which they will start."""
        stages = dict.fromkeys(stage_of(node) for node in pipeline.nodes)
        self._stages = [stage for stage in stages if stage != _BETWEEN]
        self._announced = None
        self._seconds.clear()
        self._summary = None
        self._run_started = perf_counter()

    @hook_impl
    def before_node_run(self, node: Node) -> None:
        """Start the clock of a node."""
        stage = stage_of(node)
        if stage in self._stages and stage != self._announced:
            again = ", continued" if stage in self._seconds else ""
            logger.info("[%d/%d] %s%s", self._stages.index(stage) + 1, len(self._stages), stage, again)
            self._announced = stage
        self._node_started = perf_counter()
        self._seconds[stage] += 0.0

    @hook_impl
    def after_node_run(self, node: Node) -> None:
        """Add the node's time to its stage's."""
        stage = stage_of(node)
        self._seconds[stage] += perf_counter() - self._node_started
        if mlflow.active_run() is not None:
            mlflow.log_metric(f"time.{stage}_s", self._seconds[stage])

    @hook_impl
    def after_dataset_saved(self, dataset_name: str, data: Any) -> None:
        """Keep the summary for the end."""
        if dataset_name == "summary":
            self._summary = data

    @hook_impl
    def after_pipeline_run(self) -> None:
        """Print the summary, the time and where to look further."""
        total = perf_counter() - self._run_started
        if mlflow.active_run() is not None:
            mlflow.log_metric("time.total_s", total)
        if self._summary:
            logger.info("\n%s", self._summary.rstrip())
        logger.info("\nTime: %s (%s)", duration(total), spent(self._seconds))
        logger.info("%s", _LOOK_FURTHER)


def stage_of(node: Node) -> str:
    """The stage that a node belongs to."""
    return str(node.namespace or node.short_name)
