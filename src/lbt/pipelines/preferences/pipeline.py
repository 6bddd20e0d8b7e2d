"""preferences: chosen and rejected rationales."""

from kedro.pipeline import Pipeline, node

from lbt.pipelines.parameters import ASKER
from lbt.pipelines.preferences.nodes import build_pairs, examine_again, plan_reexam
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
            node(
                plan_reexam,
                inputs=[
                    "pairs",
                    "exam_plan",
                    "exam_problems",
                    "params:exams",
                    "params:seed",
                    "params:domain",
                    "params:grading",
                ],
                outputs="reexam_plan",
                name="plan_reexam",
            ),
            node(
                examine_again,
                inputs=[
                    "reexam_plan",
                    "exam_problems",
                    "rationales",
                    "pairs",
                    "params:models",
                    "params:exams",
                    "params:scoring",
                    *ASKER,
                ],
                outputs=["reexam_answers", "reexam_usage", "reexam_metrics"],
                name="examine_again",
            ),
        ],
    )
