"""report: plots and the summary that the run ends with."""

from kedro.pipeline import Pipeline, node

from lbt.pipelines.report.nodes import plot_accuracy, plot_lbt_scores, plot_training, write_summary
from lbt.pipelines.stage import stage


def create_pipeline() -> Pipeline:
    """The stage's pipeline."""
    return stage(
        "report",
        [
            node(
                plot_lbt_scores,
                inputs=["rationales", "lbt_scores", "procedures"],
                outputs="lbt_score_plot",
                name="plot_lbt_scores",
            ),
            node(plot_training, inputs="training_log", outputs="training_plot", name="plot_training"),
            node(plot_accuracy, inputs="accuracy_by_family", outputs="accuracy_plot", name="plot_accuracy"),
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
