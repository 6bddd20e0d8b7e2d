"""teaching: several rationales of every teaching problem."""

from kedro.pipeline import Pipeline, node

from lbt.pipelines.stage import stage
from lbt.pipelines.teaching.nodes import explain


def create_pipeline() -> Pipeline:
    """The stage's pipeline."""
    return stage(
        "teaching",
        [
            node(
                explain,
                inputs=[
                    "problems",
                    "params:models",
                    "params:prompts",
                    "params:teaching",
                    "generation_store",
                    "params:seed",
                    "params:domain",
                    "leakage_report",
                    "model_identities",
                ],
                outputs=["rationales", "teaching_usage"],
                name="explain",
            ),
        ],
    )
