"""The graph of the search, without running it."""

import pandas as pd
import pytest
from kedro.framework.project import configure_project, pipelines
from kedro.pipeline import Pipeline

from lbt.asking import Asker
from lbt.generation import ModelsSettings, SamplingSettings
from lbt.generation.engines.scripted import scripted_model
from lbt.grading import GradingSettings
from lbt.pipelines.parameters import Domain, Seed
from lbt.pipelines.search import nodes
from lbt.prompts import DebugSettings
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
        "baselines.answer_without_students",
        "exams.examine_rationales",
        "report.plot_accuracies",
        "report.plot_curve",
        "selection.select_and_compare",
    }


def test_all_checks_come_before_the_first_model(search: Pipeline) -> None:
    names = [node.name for node in search.nodes]
    before = names[: names.index("teaching.sample_rationales")]
    checks = ["ingest_problems", "find_leaks", "identify_models", "check_size"]
    assert set(before) == {f"problems.{check}" for check in checks}


@pytest.mark.parametrize(("samples", "drawn"), [(3, 3), (None, 2)])
def test_the_search_draws_its_own_number_of_rationales(asker: Asker, samples: int | None, drawn: int) -> None:
    model = scripted_model(lambda messages, sample: "#### 4", "teacher")
    problems = pd.DataFrame(
        {"problem_id": ["p"], "family": "f", "question": "2 + 2?", "answer": "4", "role": "teaching"}
    )
    no_checks: list[dict[str, object]] = [{}, {}, {}]
    rationales, usage, first = nodes.sample_rationales(
        problems,
        ModelsSettings(teacher=model, students={"s": model}),
        TeachingSettings(samples=2, sampling=SamplingSettings(temperature=1.0, max_tokens=8)),
        SearchSettings(samples=samples),
        asker.prompts,
        asker.store,
        Seed(0),
        Domain("number"),
        GradingSettings(),
        DebugSettings(),
        *no_checks,
    )
    assert len(rationales) == usage["new"] == drawn
    assert first.empty
