"""pocket: pretrain the embedded teacher and students, examine them, write their cards."""

from kedro.pipeline import Pipeline, node

from lbt.pipelines.pocket.nodes import (
    examine_models,
    flatten_metrics,
    pretrain_models,
    write_cards,
    write_summary,
)
from lbt.pipelines.stage import stage


def create_pipeline() -> Pipeline:
    """The pipeline."""
    return stage(
        "pocket",
        [
            node(
                pretrain_models,
                inputs=["params:pocket", "params:pocket_folder", "params:seed"],
                outputs="pocket_training",
                name="pretrain_models",
            ),
            node(
                examine_models,
                inputs=[
                    "pocket_training",
                    "params:pocket",
                    "params:pocket_folder",
                    "generation_store",
                    "params:seed",
                ],
                outputs="pocket_figures",
                name="examine_models",
            ),
            node(
                flatten_metrics,
                inputs=["pocket_training", "pocket_figures"],
                outputs="pocket_metrics",
                name="flatten_metrics",
            ),
            node(
                write_cards,
                inputs=[
                    "pocket_training",
                    "pocket_figures",
                    "params:pocket",
                    "params:pocket_folder",
                    "params:seed",
                ],
                outputs="pocket_cards",
                name="write_cards",
            ),
            node(
                write_summary,
                inputs=["pocket_figures", "params:pocket_folder"],
                outputs="summary",
                name="write_summary",
            ),
        ],
    )
