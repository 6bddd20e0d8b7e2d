"""teaching: several rationales of every teaching problem."""

from kedro.pipeline import Pipeline, node

from lbt.pipelines.parameters import ASKER
from lbt.pipelines.stage import stage
from lbt.pipelines.teaching.nodes import sample_rationales


def create_pipeline() -> Pipeline:
    """The stage's pipeline."""
    return stage(
        "teaching",
        [
            node(
                sample_rationales,
                inputs=[
                    "problems",
                    "params:models",
                    "params:teaching",
                    *ASKER,
                    "leakage_report",
                    "model_identities",
                    "run_size",
                ],
                outputs=["rationales", "teaching_usage", "first_rationales"],
                name="sample_rationales",
            ),
        ],
    )
