"""problems: ingest, schema, splits, leak check; the models, identified but not loaded; the run's size."""

from kedro.pipeline import Pipeline, node

from lbt.pipelines.problems.nodes import (
    check_size_of,
    check_trainable,
    find_leaks,
    identify_models,
    ingest_problems,
)
from lbt.pipelines.stage import stage


def create_pipeline(job: str, trains: bool = False) -> Pipeline:
    """The stage's pipeline for a job, one of `lbt.planning.JOBS`, that trains the teacher or does not."""
    check = node(
        check_trainable,
        inputs=["params:models", "params:evaluation", "model_identities"],
        outputs="teacher_check",
        name="check_trainable",
    )
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
            node(
                identify_models,
                inputs=["params:models", "params:teaching", "params:exams"],
                outputs="model_identities",
                name="identify_models",
            ),
            node(
                check_size_of(job),
                inputs=["problems", "parameters", "params:maximum_generations"],
                outputs="run_size",
                name="check_size",
            ),
        ],
    )
