"""dry_run: counts, prompts, tokens and disk of a run; no model is loaded and no server asked."""

from kedro.pipeline import Pipeline, node

from lbt.pipelines.dry_run.nodes import describe, plan_run
from lbt.pipelines.stage import stage

_PARAMETERS = (
    "problems",
    "exams",
    "models",
    "prompts",
    "teaching",
    "search",
    "preferences",
    "training",
    "evaluation",
    "seed",
    "domain",
)


def create_pipeline() -> Pipeline:
    """The whole pipeline."""
    return stage(
        "dry_run",
        [
            node(
                plan_run,
                inputs=[f"params:{name}" for name in _PARAMETERS],
                outputs="dry_run_plan",
                name="plan_run",
            ),
            node(describe, inputs="dry_run_plan", outputs="dry_run_report", name="describe"),
        ],
    )
