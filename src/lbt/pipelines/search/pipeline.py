"""lbt_search: the stages that M1 shares with the main job, then baselines, selection and report.

Three nodes take the place of the main job's, around the same functions: teaching draws search.samples
rationales, search.paper may have answerless ones examined, and an adaptive examiner may sit the exams.
"""

from kedro.pipeline import Pipeline, node

from lbt.pipelines import problems, report, scoring
from lbt.pipelines.parameters import ASKER
from lbt.pipelines.search.nodes import (
    answer_without_students,
    examine_rationales,
    plan_exams,
    plot_accuracies,
    plot_curve,
    sample_rationales,
    select_and_compare,
    write_report,
    write_summary,
)
from lbt.pipelines.stage import stage


def create_pipeline() -> Pipeline:
    """The whole pipeline of M1."""
    shared = [
        problems.create_pipeline("lbt_search"),
        scoring.create_pipeline(),
        report.create_pipeline().only_nodes("report.plot_lbt_scores"),
    ]
    return sum(shared, start=_teaching() + _exams() + _baselines() + _selection() + _report())


def _teaching() -> Pipeline:
    return stage(
        "teaching",
        [
            node(
                sample_rationales,
                inputs=[
                    "problems",
                    "params:models",
                    "params:teaching",
                    "params:search",
                    *ASKER,
                    "leakage_report",
                    "model_identities",
                    "run_size",
                ],
                outputs=["rationales", "teaching_usage", "first_rationales"],
                name="sample_rationales",
            )
        ],
    )


def _exams() -> Pipeline:
    return stage(
        "exams",
        [
            node(
                plan_exams,
                inputs=[
                    "problems",
                    "rationales",
                    "params:exams",
                    "params:search",
                    "params:seed",
                    "params:domain",
                    "params:grading",
                ],
                outputs="exam_plan",
                name="plan_exams",
            ),
            node(
                examine_rationales,
                inputs=[
                    "exam_plan",
                    "problems",
                    "rationales",
                    "params:models",
                    "params:exams",
                    "params:search",
                    *ASKER,
                ],
                outputs=["exam_answers", "exam_usage", "exam_decisions", "first_exam_answers"],
                name="examine_rationales",
            ),
        ],
    )


def _baselines() -> Pipeline:
    return stage(
        "baselines",
        [
            node(
                answer_without_students,
                inputs=[
                    "problems",
                    "rationales",
                    "exam_plan",
                    "params:models",
                    "params:teaching",
                    "params:exams",
                    "params:search",
                    *ASKER,
                ],
                outputs=[
                    "baseline_answers",
                    "teacher_exam_answers",
                    "baseline_usage",
                    "first_baseline_answers",
                    "first_teacher_exam_answers",
                ],
                name="answer_without_students",
            )
        ],
    )


def _selection() -> Pipeline:
    return stage(
        "selection",
        [
            node(
                select_and_compare,
                inputs=[
                    "problems",
                    "rationales",
                    "exam_answers",
                    "exam_decisions",
                    "baseline_answers",
                    "teacher_exam_answers",
                    "first_rationales",
                    "first_exam_answers",
                    "first_baseline_answers",
                    "first_teacher_exam_answers",
                    "params:search",
                    "params:seed",
                    "params:domain",
                    "params:grading",
                ],
                outputs=["selections", "search_curve", "search_by_group", "search_metrics"],
                name="select_and_compare",
            )
        ],
    )


def _report() -> Pipeline:
    return stage(
        "report",
        [
            node(plot_accuracies, inputs="search_metrics", outputs="search_plot", name="plot_accuracies"),
            node(plot_curve, inputs="search_curve", outputs="search_curve_plot", name="plot_curve"),
            node(
                write_summary,
                inputs=["search_metrics", "score_metrics", "teaching_usage", "exam_usage", "baseline_usage"],
                outputs="summary",
                name="write_summary",
            ),
            node(
                write_report,
                inputs=[
                    "run_facts",
                    "rationales",
                    "exam_answers",
                    "lbt_scores",
                    "procedures",
                    "search_curve",
                    "search_by_group",
                    "score_metrics",
                    "search_metrics",
                    "teaching_usage",
                    "exam_usage",
                    "baseline_usage",
                    "params:tracking",
                ],
                outputs=["report", "run_note"],
                name="write_report",
            ),
        ],
    )
