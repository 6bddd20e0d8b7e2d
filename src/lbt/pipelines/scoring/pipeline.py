"""scoring: the LbT score of every rationale, its interval, its gain over the baseline."""

from kedro.pipeline import Pipeline, node

from lbt.pipelines.scoring.nodes import score_rationales
from lbt.pipelines.stage import stage


def create_pipeline() -> Pipeline:
    """The stage's pipeline."""
    return stage(
        "scoring",
        [
            node(
                score_rationales,
                inputs=[
                    "problems",
                    "rationales",
                    "exam_answers",
                    "params:scoring",
                    "params:seed",
                    "params:domain",
                    "params:grading",
                ],
                outputs=["lbt_scores", "procedures", "score_metrics"],
                name="score_rationales",
            ),
        ],
    )
