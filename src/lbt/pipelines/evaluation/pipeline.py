"""evaluation: greedy accuracy, maj@k and pass@k of base and tuned teacher, and their paired comparison."""

from kedro.pipeline import Pipeline, node

from lbt.pipelines.evaluation.nodes import answer, compare
from lbt.pipelines.stage import stage


def create_pipeline() -> Pipeline:
    """The stage's pipeline."""
    return stage(
        "evaluation",
        [
            node(
                answer,
                inputs=[
                    "problems",
                    "params:models",
                    "tuned_teacher",
                    "params:prompts",
                    "params:evaluation",
                    "generation_store",
                    "params:seed",
                    "params:domain",
                ],
                outputs=["evaluation_answers", "evaluation_usage"],
                name="answer",
            ),
            node(
                compare,
                inputs=["problems", "evaluation_answers", "params:evaluation", "params:seed"],
                outputs=["evaluation_metrics", "accuracy_by_family", "transcripts"],
                name="compare",
            ),
        ],
    )
