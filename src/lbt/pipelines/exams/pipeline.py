"""exams: the plan, then every student's answers to it."""

from kedro.pipeline import Pipeline, node

from lbt.pipelines.exams.nodes import agree_on_exams, plan_exams, sit_exams
from lbt.pipelines.parameters import ASKER
from lbt.pipelines.stage import stage


def create_pipeline() -> Pipeline:
    """The stage's pipeline."""
    return stage(
        "exams",
        [
            node(
                agree_on_exams,
                inputs=["problems", "params:models", "params:exams", "params:teaching", *ASKER, "rationales"],
                outputs=["exam_problems", "consensus_answers", "consensus_usage", "consensus_metrics"],
                name="agree_on_exams",
            ),
            node(
                plan_exams,
                inputs=[
                    "exam_problems",
                    "rationales",
                    "params:exams",
                    "params:seed",
                    "params:domain",
                    "params:grading",
                ],
                outputs="exam_plan",
                name="plan_exams",
            ),
            node(
                sit_exams,
                inputs=[
                    "exam_plan",
                    "exam_problems",
                    "rationales",
                    "params:models",
                    "params:exams",
                    *ASKER,
                    "consensus_usage",
                ],
                outputs=["exam_answers", "exam_usage", "first_exam_answers"],
                name="sit_exams",
            ),
        ],
    )
