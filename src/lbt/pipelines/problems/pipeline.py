"""problems: ingest, schema, splits, leak check; and the models, identified but not loaded."""

from kedro.pipeline import Pipeline, node

from lbt.pipelines.problems.nodes import find_leaks, identify_models, ingest_problems
from lbt.pipelines.stage import stage


def create_pipeline() -> Pipeline:
    """The stage's pipeline."""
    return stage(
        "problems",
        [
            node(
                ingest_problems,
                inputs=["params:problems", "params:seed", "params:domain"],
                outputs=["problems", "ingest_report"],
                name="ingest_problems",
            ),
            node(find_leaks, inputs="problems", outputs="leakage_report", name="find_leaks"),
            node(identify_models, inputs="params:models", outputs="model_identities", name="identify_models"),
        ],
    )
