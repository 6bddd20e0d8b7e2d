"""evaluation: greedy accuracy, maj@k and pass@k of base and tuned teacher, and their paired comparison."""

from kedro.pipeline import Pipeline, node

from lbt.pipelines.evaluation.nodes import answer_problems, compare_models
from lbt.pipelines.parameters import ASKER
from lbt.pipelines.stage import stage


def create_pipeline() -> Pipeline:
    """The stage's pipeline."""
    return stage(
        "evaluation",
        [
            node(
                answer_problems,
                inputs=["problems", "params:models", "tuned_teacher", "params:evaluation", *ASKER],
                outputs=["evaluation_answers", "evaluation_usage"],
                name="answer_problems",
            ),
            node(
                compare_models,
                inputs=[
                    "problems",
                    "evaluation_answers",
                    "params:evaluation",
                    "params:seed",
                    "params:domain",
                    "params:grading",
                ],
                outputs=["evaluation_metrics", "accuracy_by_family", "transcripts"],
                name="compare_models",
            ),
        ],
    )
