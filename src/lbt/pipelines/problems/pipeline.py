"""problems: ingest, schema, splits, leak check; and the models, identified but not loaded."""

from kedro.pipeline import Pipeline, node

from lbt.pipelines.problems.nodes import (
    check_trainable,
    find_leaks,
    identify_models,
    ingest_problems,
)
from lbt.pipelines.stage import stage


def create_pipeline(trains: bool = False) -> Pipeline:
    """The stage's pipeline; with the check of a teacher that is to be trained."""
    check = node(check_trainable, inputs="params:models", outputs="teacher_check", name="check_trainable")
    return stage(
        "problems",
        [
            *([check] if trains else []),
            node(
                ingest_problems,
                inputs=["params:problems", "params:exams", "params:seed", "params:domain", "params:grading"],
                outputs=["problems", "ingest_report"],
                name="ingest_problems",
            ),
            node(find_leaks, inputs="problems", outputs="leakage_report", name="find_leaks"),
            node(identify_models, inputs="params:models", outputs="model_identities", name="identify_models"),
        ],
    )
