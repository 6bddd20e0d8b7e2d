"""report: plots and the summary that the run ends with."""

from kedro.pipeline import Pipeline, node

from lbt.pipelines.report.nodes import draw_accuracy, draw_lbt_scores, draw_training, write_summary
from lbt.pipelines.stage import stage


def create_pipeline() -> Pipeline:
    """The stage's pipeline."""
    return stage(
        "report",
        [
            node(
                draw_lbt_scores,
                inputs=["rationales", "lbt_scores", "procedures"],
                outputs="lbt_score_plot",
                name="draw_lbt_scores",
            ),
            node(draw_training, inputs="training_log", outputs="training_plot", name="draw_training"),
            node(draw_accuracy, inputs="accuracy_by_family", outputs="accuracy_plot", name="draw_accuracy"),
            node(
                write_summary,
                inputs=[
                    "score_metrics",
                    "preference_metrics",
                    "training_outcome",
                    "evaluation_metrics",
                    "teaching_usage",
                    "exam_usage",
                    "evaluation_usage",
                ],
                outputs="summary",
                name="write_summary",
            ),
        ],
    )
