"""What a run would ask, and what it would cost."""

import logging
from typing import Any

from lbt import planning as stage
from lbt.exams import ExamSettings
from lbt.grading import GradingSettings
from lbt.pipelines.parameters import Domain, Seed, gather_settings
from lbt.pipelines.problems.nodes import ingest_problems
from lbt.planning import DryRunSettings, check_files, describe_plan
from lbt.problems import ProblemSettings

logger = logging.getLogger(__name__)


def plan_run(
    problems: ProblemSettings,
    exams: ExamSettings,
    seed: Seed,
    domain: Domain,
    grading: GradingSettings,
    dry_run: DryRunSettings,
    parameters: dict[str, Any],
) -> dict[str, Any]:
    """Check data and settings, and count what the jobs of `dry_run.jobs` would ask."""
    check_files(problems)
    table, ingest = ingest_problems(problems, exams, seed, domain, grading)
    return stage.plan_run(gather_settings(parameters | {"dry_run": dry_run}), table, ingest)


def describe(dry_run_plan: dict[str, Any]) -> str:
    """The plan as text, which is also printed."""
    text = describe_plan(dry_run_plan)
    logger.info("%s", text.rstrip())
    return text
