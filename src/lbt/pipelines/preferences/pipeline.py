"""preferences: chosen and rejected rationales."""

from kedro.pipeline import Pipeline, node

from lbt.pipelines.preferences.nodes import build_pairs
from lbt.pipelines.stage import stage


def create_pipeline() -> Pipeline:
    """The stage's pipeline."""
    return stage(
        "preferences",
        [
            node(
                build_pairs,
                inputs=[
                    "problems",
                    "rationales",
                    "lbt_scores",
                    "params:preferences",
                    "params:seed",
                    "params:domain",
                    "params:grading",
                ],
                outputs=["pairs", "preference_report", "preference_metrics"],
                name="build_pairs",
            ),
        ],
    )
