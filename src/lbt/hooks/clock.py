"""Time per stage, and the few lines that a run prints."""

import logging
from collections import defaultdict
from pathlib import Path
from time import perf_counter
from typing import Any

import mlflow
from kedro.framework.hooks import hook_impl
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node

from lbt.hooks.places import saved_path
from lbt.reporting.texts import duration, spent

logger = logging.getLogger("lbt")

# Its nodes draw what is there as soon as it is there, between the nodes of other stages.
_BETWEEN = "report"

_REPORT = "report"
"""The dataset that holds the page."""

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
        self._page: Path | None = None
        self._page_written = False
        self._options = ""

    @hook_impl
    def after_catalog_created(self, conf_catalog: dict[str, Any], save_version: str | None) -> None:
        """Note where the report will be."""
        entry = conf_catalog.get(_REPORT)
        self._page = saved_path(entry, save_version) if entry and save_version else None

    @hook_impl
    def before_pipeline_run(self, run_params: dict[str, Any], pipeline: Pipeline) -> None:
        """Number the stages in the order in which they will start."""
        self._options = f" ARGS=--env={run_params['env']}" if run_params["env"] else ""
        stages = dict.fromkeys(stage_of(node) for node in pipeline.nodes)
        self._stages = [stage for stage in stages if stage != _BETWEEN]
        self._announced = None
        self._seconds.clear()
        self._summary, self._page_written = None, False
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

    @hook_impl
    def after_dataset_saved(self, dataset_name: str, data: Any) -> None:
        """Keep the summary for the end."""
        if dataset_name == "summary":
            self._summary = data
        self._page_written |= dataset_name == _REPORT

    @hook_impl
    def after_pipeline_run(self) -> None:
        """Print the summary, the time and where to look further."""
        total = perf_counter() - self._run_started
        if mlflow.active_run() is not None:
            mlflow.log_metric("time.total_s", total)
            mlflow.log_dict(dict(self._seconds), "reports/times.json")
        if self._summary:
            logger.info("\n%s", self._summary.rstrip())
        logger.info("\nTime: %s (%s)", duration(total), spent(self._seconds))
        if self._page and self._page_written:
            logger.info(
                "\nThe report:               make report%s, or open %s", self._options, _near(self._page)
            )
        logger.info("%s", _LOOK_FURTHER)


def _near(path: Path) -> str:
    """The path from here, if it is below."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def stage_of(node: Node) -> str:
    """The stage that a node belongs to."""
    return str(node.namespace or node.short_name)
