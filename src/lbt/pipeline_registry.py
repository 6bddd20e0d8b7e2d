"""The project's pipelines."""

from kedro.pipeline import Pipeline

from lbt.pipelines import (
    dry_run,
    evaluation,
    exams,
    instructor,
    pocket,
    preferences,
    problems,
    refine,
    report,
    scoring,
    search,
    teaching,
    training,
)


def register_pipelines() -> dict[str, Pipeline]:
    """Every pipeline by its name; the stages are shared between them."""
    lbt_finetune = sum(
        (
            stage.create_pipeline()
            for stage in (teaching, exams, scoring, preferences, training, evaluation, report)
        ),
        start=problems.create_pipeline("lbt_finetune", trains=True),
    )
    return {
        "__default__": lbt_finetune,
        "lbt_finetune": lbt_finetune,
        "lbt_search": search.create_pipeline(),
        "lbt_refine": refine.create_pipeline(),
        "instructor": instructor.create_pipeline(),
        "dry_run": dry_run.create_pipeline(),
        "pocket": pocket.create_pipeline(),
    }
