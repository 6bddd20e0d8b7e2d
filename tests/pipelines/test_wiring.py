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
    before = names[: names.index("teaching.explain")]
    checks = ["ingest_problems", "find_leaks", "identify_models", "check_trainable"]
    assert set(before) == {f"problems.{check}" for check in checks}


def test_datasets_keep_their_names_within_a_namespace(main_job: Pipeline) -> None:
    assert not [name for name in main_job.datasets() if "." in name]


def test_every_parameter_is_typed_so_that_kedro_checks_it(main_job: Pipeline) -> None:
    for node in main_job.nodes:
        hints = get_type_hints(node.func)
        arguments = list(inspect.signature(node.func).parameters)
        for name, argument in zip(node.inputs, arguments, strict=True):
            if name.startswith("params:"):
                assert issubclass(hints[argument], BaseModel), f"{node.name}: {argument}"


def test_nothing_expensive_is_kept_in_memory_only(main_job: Pipeline) -> None:
    """The store is an input of every node that generates, so a killed node loses nothing."""
    generating = ["teaching.explain", "exams.sit", "evaluation.answer"]
    users = [node.name for node in main_job.nodes if "generation_store" in node.inputs]
    assert users == generating
