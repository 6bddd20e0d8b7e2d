"""exams: the plan, then every student's answers to it."""

from kedro.pipeline import Pipeline, node

from lbt.pipelines.exams.nodes import plan, sit
from lbt.pipelines.stage import stage


def create_pipeline() -> Pipeline:
    """The stage's pipeline."""
    return stage(
        "exams",
        [
            node(
                plan,
                inputs=["problems", "rationales", "params:exams", "params:seed"],
                outputs="exam_plan",
                name="plan",
            ),
            node(
                sit,
                inputs=[
                    "exam_plan",
                    "problems",
                    "rationales",
                    "params:models",
                    "params:prompts",
                    "params:exams",
                    "generation_store",
                    "params:seed",
                    "params:domain",
                ],
                outputs=["exam_answers", "exam_usage"],
                name="sit",
            ),
        ],
    )
