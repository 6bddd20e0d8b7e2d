"""dry_run: counts, prompts, tokens and disk of a run; no model is loaded and no server asked."""

from kedro.pipeline import Pipeline, node

from lbt.pipelines.dry_run.nodes import describe, plan_run
from lbt.pipelines.stage import stage


def create_pipeline() -> Pipeline:
    """The whole pipeline."""
    return stage(
        "dry_run",
        [
            node(
                plan_run,
                inputs=[
                    "params:problems",
                    "params:exams",
                    "params:seed",
                    "params:domain",
                    "params:grading",
                    "params:dry_run",
                    "parameters",
                ],
                outputs="dry_run_plan",
                name="plan_run",
            ),
            node(describe, inputs="dry_run_plan", outputs="dry_run_report", name="describe"),
        ],
    )
