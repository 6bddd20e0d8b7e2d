"""report: plots, the summary that the run ends with, and the page that holds all of it."""

from kedro.pipeline import Pipeline, node

from lbt.pipelines.report.nodes import (
    plot_accuracy,
    plot_lbt_scores,
    plot_training,
    share_pairs,
    write_model_card,
    write_report,
    write_summary,
)
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
                    "consensus_metrics",
                    "reexam_metrics",
                    "reexam_usage",
                ],
                outputs="summary",
                name="write_summary",
            ),
            node(
                write_report,
                inputs=[
                    "run_facts",
                    "problems",
                    "rationales",
                    "exam_answers",
                    "lbt_scores",
                    "procedures",
                    "pairs",
                    "training_log",
                    "training_outcome",
                    "evaluation_answers",
                    "accuracy_by_family",
                    "score_metrics",
                    "preference_metrics",
                    "training_metrics",
                    "evaluation_metrics",
                    "teaching_usage",
                    "exam_usage",
                    "evaluation_usage",
                    "reexam_usage",
                    "params:seed",
                    "params:tracking",
                ],
                outputs=["report", "run_note"],
                name="write_report",
            ),
            node(
                share_pairs,
                inputs=["run_facts", "pairs", "preference_report", "params:prompts", "params:problems"],
                outputs="preference_set",
                name="share_pairs",
            ),
            node(
                write_model_card,
                inputs=[
                    "run_facts",
                    "pairs",
                    "training_outcome",
                    "training_metrics",
                    "evaluation_metrics",
                    "params:training",
                    "params:problems",
                ],
                outputs="model_card",
                name="write_model_card",
            ),
        ],
    )
