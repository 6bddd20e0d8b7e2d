"""The graph of the main job, without running it."""

import inspect
from typing import get_type_hints

import pytest
from kedro.framework.project import configure_project, pipelines
from kedro.pipeline import Pipeline
from pydantic import BaseModel

STAGES = ["problems", "teaching", "exams", "scoring", "preferences", "training", "evaluation", "report"]


@pytest.fixture
def main_job() -> Pipeline:
    configure_project("lbt")
    return pipelines["lbt_finetune"]


def test_stages_are_namespaces_and_start_in_their_order(main_job: Pipeline) -> None:
    started = list(dict.fromkeys(node.namespace for node in main_job.nodes if node.namespace != "report"))
    assert [*started, "report"] == STAGES


def test_all_checks_come_before_the_first_model(main_job: Pipeline) -> None:
    names = [node.name for node in main_job.nodes]
    before = names[: names.index("teaching.sample_rationales")]
    checks = [
        "ingest_problems",
        "find_leaks",
        "identify_models",
        "check_trainable",
        "check_size",
    ]
    assert set(before) == {f"problems.{check}" for check in checks}


def test_datasets_keep_their_names_within_a_namespace(main_job: Pipeline) -> None:
    assert not [name for name in main_job.datasets() if "." in name]


def test_every_parameter_of_every_pipeline_is_typed_so_that_kedro_checks_it(main_job: Pipeline) -> None:
    for node in {node.name: node for pipeline in pipelines.values() for node in pipeline.nodes}.values():
        hints = get_type_hints(node.func)
        signature = inspect.signature(node.func).bind(*node.inputs)
        typed = {name: kind for kind, name in signature.arguments.items() if str(name).startswith("params:")}
        assert set(typed) == {name for name in node.inputs if name.startswith("params:")}
        for argument in typed.values():
            assert issubclass(hints[argument], BaseModel), f"{node.name}: {argument}"


def test_nothing_expensive_is_kept_in_memory_only(main_job: Pipeline) -> None:
    """The store is an input of every node that generates, so a killed node loses nothing."""
    generating = [
        "teaching.sample_rationales",
        "exams.agree_on_exams",
        "exams.sit_exams",
        "evaluation.answer_problems",
        "evaluation.examine_again",
    ]
    users = [node.name for node in main_job.nodes if "generation_store" in node.inputs]
    assert users == generating
