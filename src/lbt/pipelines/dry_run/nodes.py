"""What a run would ask, and what it would cost."""

import logging
from typing import Any

from lbt import planning as stage
from lbt.evaluation import EvaluationSettings
from lbt.exams import ExamSettings
from lbt.generation import ModelsSettings
from lbt.pipelines.parameters import Domain, Seed
from lbt.pipelines.problems.nodes import ingest_problems
from lbt.planning import RunSettings, check_files, describe_plan
from lbt.preferences import PreferenceSettings
from lbt.problems import ProblemSettings
from lbt.prompts import PromptSettings
from lbt.search import SearchSettings
from lbt.teaching import TeachingSettings
from lbt.training import TrainingSettings

logger = logging.getLogger(__name__)


def plan_run(
    problems: ProblemSettings,
    exams: ExamSettings,
    models: ModelsSettings,
    prompts: PromptSettings,
    teaching: TeachingSettings,
    search: SearchSettings,
    preferences: PreferenceSettings,
    training: TrainingSettings,
    evaluation: EvaluationSettings,
    seed: Seed,
    domain: Domain,
) -> dict[str, Any]:
    """Check data and settings, and count what both jobs would ask."""
    check_files(problems)
    table, ingest = ingest_problems(problems, exams, seed, domain)
    return stage.plan_run(
        RunSettings(
            exams,
            models,
            prompts,
            teaching,
            search,
            preferences,
            training,
            evaluation,
            seed.root,
            domain.root,
        ),
        table,
        ingest,
    )


def describe(dry_run_plan: dict[str, Any]) -> str:
    """The plan as text, which is also printed."""
    text = describe_plan(dry_run_plan)
    logger.info("%s", text.rstrip())
    return text
