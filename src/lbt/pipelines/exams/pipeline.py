"""exams: the plan, then every student's answers to it."""

from kedro.pipeline import Pipeline, node

from lbt.pipelines.exams.nodes import plan_exams, sit_exams
from lbt.pipelines.parameters import ASKER
from lbt.pipelines.stage import stage


def create_pipeline() -> Pipeline:
    """The stage's pipeline."""
    return stage(
        "exams",
        [
            node(
                plan_exams,
                inputs=[
                    "problems",
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
                inputs=["exam_plan", "problems", "rationales", "params:models", "params:exams", *ASKER],
                outputs=["exam_answers", "exam_usage", "first_exam_answers"],
                name="sit_exams",
            ),
        ],
    )
