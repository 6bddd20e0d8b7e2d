"""lbt_refine: the stage problems, which all jobs share, then the refinement, its figures and its report."""

from kedro.pipeline import Pipeline, node

from lbt.pipelines import problems
from lbt.pipelines.parameters import ASKER
from lbt.pipelines.refine.nodes import measure, plot_rounds, refine, show_sets, write_summary
from lbt.pipelines.stage import stage


def create_pipeline() -> Pipeline:
    """The whole pipeline of M3."""
    return problems.create_pipeline("lbt_refine") + _refinement() + _report()


def _refinement() -> Pipeline:
    return stage(
        "refinement",
        [
            node(
                refine,
                inputs=[
                    "problems",
                    "params:models",
                    "params:teaching",
                    "params:refine",
                    "params:refine_folder",
                    *ASKER,
                    "leakage_report",
                    "model_identities",
                    "run_size",
                ],
                outputs=[
                    "refine_state",
                    "refine_failures",
                    "refine_held_out",
                    "refine_rounds",
                    "refine_usage",
                ],
                name="refine",
            ),
            node(
                measure,
                inputs=[
                    "refine_rounds",
                    "refine_held_out",
                    "problems",
                    "params:refine",
                    "params:seed",
                    "params:domain",
                    "params:grading",
                ],
                outputs="refine_metrics",
                name="measure",
            ),
        ],
    )


def _report() -> Pipeline:
    return stage(
        "report",
        [
            node(plot_rounds, inputs="refine_rounds", outputs="refine_plot", name="plot_rounds"),
            node(
                show_sets,
                inputs=["refine_state", "refine_rounds"],
                outputs="refine_sets",
                name="show_sets",
            ),
            node(
                write_summary,
                inputs=["refine_metrics", "refine_rounds", "refine_usage"],
                outputs="summary",
                name="write_summary",
            ),
        ],
    )
