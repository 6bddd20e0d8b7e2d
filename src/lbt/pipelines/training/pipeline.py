"""training: the tuned teacher."""

from kedro.pipeline import Pipeline, node

from lbt.pipelines.stage import stage
from lbt.pipelines.training.nodes import train_teacher


def create_pipeline() -> Pipeline:
    """The stage's pipeline."""
    return stage(
        "training",
        [
            node(
                train_teacher,
                inputs=[
                    "pairs",
                    "params:models",
                    "params:prompts",
                    "params:training",
                    "params:training_folder",
                    "params:seed",
                    "teacher_check",
                ],
                outputs=["tuned_teacher", "training_log", "training_metrics", "training_outcome"],
                name="train_teacher",
            ),
        ],
    )
