"""instructor: checks as in every run, the loop over iterations and arms, comparison, report.

The problems stage reads no exams and checks the target instead of the teacher; the rest of it is shared.
"""

from kedro.pipeline import Pipeline, node

from lbt.pipelines import problems
from lbt.pipelines.instructor.nodes import (
    check_target,
    compare_arms,
    ingest_problems,
    instruct,
    plot_accuracies,
    plot_by_family,
    write_report,
    write_summary,
)
from lbt.pipelines.parameters import ASKER
from lbt.pipelines.stage import stage

_SHARED = ("problems.find_leaks", "problems.identify_models", "problems.check_size")


def create_pipeline() -> Pipeline:
    """The whole pipeline."""
    shared = problems.create_pipeline("instructor").only_nodes(*_SHARED)
    return shared + _problems() + _instruction() + _comparison() + _report()


def _problems() -> Pipeline:
    return stage(
        "problems",
        [
            node(
                ingest_problems,
                inputs=[
                    "params:problems",
                    "params:instructor",
                    "params:seed",
                    "params:domain",
                    "params:grading",
                ],
                outputs=["problems", "ingest_report"],
                name="ingest_problems",
            ),
            node(
                check_target,
                inputs=[
                    "problems",
                    "params:models",
                    "params:instructor",
                    "params:evaluation",
                    "params:domain",
                    "params:grading",
                    "model_identities",
                ],
                outputs="target_check",
                name="check_target",
            ),
        ],
    )


def _instruction() -> Pipeline:
    return stage(
        "instruction",
        [
            node(
                instruct,
                inputs=[
                    "problems",
                    "params:models",
                    "params:instructor",
                    "params:evaluation",
                    "params:training_folder",
                    *ASKER,
                    "leakage_report",
                    "run_size",
                    "target_check",
                ],
                outputs=[
                    "instructor_answers",
                    "instructor_replies",
                    "instructor_items",
                    "instructor_log",
                    "instructor_trainings",
                    "instructor_usage",
                ],
                name="instruct",
            )
        ],
    )


def _comparison() -> Pipeline:
    return stage(
        "comparison",
        [
            node(
                compare_arms,
                inputs=[
                    "instructor_answers",
                    "instructor_items",
                    "instructor_trainings",
                    "params:evaluation",
                    "params:seed",
                ],
                outputs=["instructor_rounds", "instructor_by_family", "instructor_metrics"],
                name="compare_arms",
            )
        ],
    )


def _report() -> Pipeline:
    return stage(
        "report",
        [
            node(
                plot_accuracies,
                inputs=["instructor_rounds", "instructor_metrics"],
                outputs="instructor_plot",
                name="plot_accuracies",
            ),
            node(
                plot_by_family,
                inputs="instructor_by_family",
                outputs="instructor_family_plot",
                name="plot_by_family",
            ),
            node(
                write_report,
                inputs=[
                    "problems",
                    "instructor_answers",
                    "instructor_items",
                    "instructor_rounds",
                    "instructor_by_family",
                    "params:seed",
                ],
                outputs="instructor_report",
                name="write_report",
            ),
            node(
                write_summary,
                inputs=["instructor_rounds", "instructor_metrics", "instructor_usage"],
                outputs="summary",
                name="write_summary",
            ),
        ],
    )
