"""evaluation: base and tuned teacher on held-out problems, and exams anew for what the pairs chose."""

from kedro.pipeline import Pipeline, node

from lbt.pipelines.evaluation.nodes import answer_problems, compare_models, examine_again, plan_reexam
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
                    "tuned_teacher",
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
