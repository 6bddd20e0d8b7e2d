"""The graph of the search, without running it."""

import inspect
from collections.abc import Callable
from typing import get_type_hints

import pytest
from kedro.framework.project import configure_project, pipelines
from kedro.pipeline import Pipeline
from pydantic import BaseModel

from lbt.generation import SamplingSettings
from lbt.pipelines.search import nodes
from lbt.search import SearchSettings
from lbt.teaching import TeachingSettings


@pytest.fixture
def search() -> Pipeline:
    configure_project("lbt")
    return pipelines["lbt_search"]


def test_it_shares_its_stages_with_the_main_job(search: Pipeline) -> None:
    stages = {node.namespace for node in search.nodes}
    assert stages == {"problems", "teaching", "exams", "scoring", "baselines", "selection", "report"}
    own = {node.name for node in search.nodes} - {node.name for node in pipelines["lbt_finetune"].nodes}
    assert own == {
        "baselines.ask",
        "exams.examine",
        "report.plot_accuracies",
        "report.plot_curve",
        "selection.select",
    }


def test_all_checks_come_before_the_first_model(search: Pipeline) -> None:
    names = [node.name for node in search.nodes]
    before = names[: names.index("teaching.explain")]
    assert set(before) == {
        f"problems.{check}" for check in ("ingest_problems", "find_leaks", "identify_models")
    }


def test_every_parameter_is_typed_so_that_kedro_checks_it(search: Pipeline) -> None:
    for node in search.nodes:
        hints = get_type_hints(node.func)
        arguments = list(inspect.signature(node.func).parameters)
        for name, argument in zip(node.inputs, arguments, strict=True):
            if name.startswith("params:"):
                assert issubclass(hints[argument], BaseModel), f"{node.name}: {argument}"


@pytest.mark.parametrize(("samples", "drawn"), [(32, 32), (None, 16)])
def test_the_search_draws_its_own_number_of_rationales(
    monkeypatch: pytest.MonkeyPatch, samples: int | None, drawn: int
) -> None:
    asked: list[TeachingSettings] = []
    monkeypatch.setattr(nodes, "explain", lambda *arguments: asked.append(arguments[3]))
    teaching = TeachingSettings(samples=16, sampling=SamplingSettings(temperature=1.0, max_tokens=8))
    anything: list[None] = [None] * 5
    function: Callable[..., object] = nodes.explain_for_search
    function(None, None, None, teaching, SearchSettings(samples=samples), *anything)
    assert asked == [teaching.model_copy(update={"samples": drawn})]
