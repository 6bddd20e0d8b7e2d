"""The search on programs, through the real pipeline, sandbox and store; only the models are scripted.

The teacher adds by multiplying in two of four samples, which the visible test of its problem does not notice;
it subtracts in the third, and is right in the last. A student does as its demo does, and multiplies without.
"""

import itertools
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from kedro.config import OmegaConfigLoader
from kedro.framework.project import configure_project, pipelines
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner
from kedro.validation.parameter_validator import ParameterValidator

from lbt import settings
from lbt.errors import SettingsError
from lbt.generation import ModelsSettings
from lbt.generation.engines.scripted import scripted_model
from lbt.grading.domains.code import CodeGold
from tests.e2e.conftest import PROJECT

TAUGHT, EXAMINED = (3, 5), (2, 4, 6)


def row(number: int, role: str) -> dict[str, str]:
    # An exam holds no answer against a hidden test: one that nothing passes tells if it did.
    hidden = (f"assert plus{number}(1) == {1 + number}", f"assert plus{number}(10) == {10 + number}")
    gold = CodeGold(
        entry_point=f"plus{number}",
        visible=(
            f"assert plus{number}({number / (number - 1)!r}) == {number / (number - 1) * number!r}"
            if role == "teaching"
            else f"assert plus{number}(1) == {1 + number}",
        ),
        hidden=hidden if role == "teaching" else ("assert False",),
    )
    question = f"Write plus{number}(n), which adds {number} to n."
    return {"question": question, "answer": gold.dumped(), "role": role, "family": "sums", "id": f"p{number}"}


def program(number: str, sign: str) -> str:
    return f"By {sign}.\n```python\ndef plus{number}(n):\n    return n {sign} {number}\n```"


class Teacher:
    """Mends its program in the second turn."""

    def __init__(self) -> None:
        self.second: list[str] = []

    def __call__(self, messages: Sequence[tuple[str, str]], sample: int) -> str:
        questions = [text for role, text in messages if role == "user" and "Write plus" in text]
        number = re.findall(r"Write plus(\d+)", questions[-1])[-1]
        if "fails this test" in messages[-1][1]:
            self.second.append(messages[-1][1])
            return program(number, "+")
        if len(messages) > 1:  # in its own exams, and after worked examples
            return program(number, "+" if "By +" in messages[-2][1] else "*")
        return program(number, "**-+"[sample % 4]) + "\n" * sample


class Student:
    """Does as the demo does."""

    def __init__(self) -> None:
        self.second: list[str] = []

    def __call__(self, messages: Sequence[tuple[str, str]], sample: int) -> str:
        if "fails this test" in messages[-1][1]:
            self.second.append(messages[-1][1])
            [number] = re.findall(r"plus(\d+)\(", messages[-1][1])
            return program(number, "+")
        number = re.findall(r"Write plus(\d+)", messages[-1][1])[-1]
        sign = re.findall(r"By (.)\.", messages[-2][1])[-1] if len(messages) > 1 else "*"
        return program(number, sign)


class Search:
    """Runs of the pipeline in one folder."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        configure_project("lbt")
        monkeypatch.chdir(PROJECT)
        monkeypatch.setenv("LBT_DATA", str(folder / "data"))
        self.file = folder / "problems.jsonl"
        rows = [row(number, "teaching") for number in TAUGHT] + [row(number, "exam") for number in EXAMINED]
        self.file.write_text("\n".join(map(json.dumps, rows)))
        self.teacher, self.student = Teacher(), Student()
        self._runs = itertools.count()
        self.models = ModelsSettings(
            teacher=scripted_model(self.teacher, f"teacher {folder}"),
            students={"pupil": scripted_model(self.student, f"pupil {folder}")},
        )

    def run(self, **changes: dict[str, Any]) -> DataCatalog:
        own: dict[str, dict[str, Any]] = {
            "problems": {"source": "jsonl", "path": str(self.file), "evaluation": 0},
            "teaching": {"samples": 4},
            "exams": {"problems_per_demo": 3, "repeats": 1},
            "search": {"samples": None, "subsets": 2, "examples": None, "solutions": 4},
        }
        loader = OmegaConfigLoader(str(PROJECT / "conf"), env="test", **settings.CONFIG_LOADER_ARGS)
        raw = {**loader["parameters"], "domain": "code"}
        for name, keys in [*own.items(), *changes.items()]:
            raw[name] = {**raw[name], **keys}
        typed = ParameterValidator(dict(pipelines)).validate_raw_params(raw) | {"models": self.models}
        catalog = DataCatalog.from_config(loader["catalog"], save_version=f"run {next(self._runs)}")
        for name, value in typed.items():
            catalog[f"params:{name}"] = MemoryDataset(value)
        catalog["parameters"] = MemoryDataset(typed)
        job = pipelines["lbt_search"]
        # The page says which command was run, which a hook knows; there is none here.
        SequentialRunner().run(job - job.only_nodes("report.write_report"), catalog)
        return catalog


@pytest.fixture
def search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Search:
    return Search(tmp_path, monkeypatch)


def accuracies(catalog: DataCatalog) -> dict[str, float]:
    metrics = catalog.load("search_metrics")
    pattern = re.compile(r"search\.(.+)\.accuracy")
    return {found[1]: value for name, value in metrics.items() if (found := pattern.fullmatch(name))}


def test_a_search_on_programs_gives_the_figures_of_a_hand(search: Search) -> None:
    catalog = search.run()
    assert accuracies(catalog) == {
        "greedy": 0,
        "sc": 0,  # two that do the same, though they are written differently
        "max": 1,
        "sum": 1,
        "avg": 1,
        "random": 1 / 4,
        "visible_tests": pytest.approx(1 / 3),
        "visible_tests.sc": 0,
        "visible_tests.max": 1,
        "visible_tests.sum": 1,
        "teacher_exams.max": 1,
        "teacher_exams.sum": 1,
        "teacher_exams.avg": 1,
        "worked_examples": 1,
    }
    metrics = catalog.load("search_metrics")
    assert metrics["search.sum.hidden_share"] == 1
    assert metrics["search.sc.hidden_share"] == 0
    assert metrics["search.sum_minus_visible_tests"] == pytest.approx(2 / 3)
    exams = catalog.load("exam_answers")
    assert exams["hidden_share"].isna().all(), "an exam runs visible tests only"
    rationales = catalog.load("rationales")
    assert rationales["visible_share"].tolist() == [1, 1, 0, 1] * 2
    assert "limits" in rationales["containment"].iloc[0]
    for name in ("first_rationales", "first_exam_answers", "first_baseline_answers"):
        assert catalog.load(name).empty
    summary = catalog.load("summary")
    assert "Any that passes visible tests" in summary
    assert "Hidden tests passed" in summary


@pytest.mark.slow
def test_the_teachers_programs_are_debugged_where_the_parameter_says_so(search: Search) -> None:
    catalog = search.run(debug={"teacher": True})
    rationales, first = catalog.load("rationales"), catalog.load("first_rationales")
    assert rationales["verdict"].tolist() == ["wrong", "wrong", "correct", "correct"] * 2
    assert first["rationale_id"].tolist() == ["p3/2", "p5/2"]
    assert first["text"].str.startswith("By -").all()
    assert search.student.second == []
    shown = "\n".join(search.teacher.second)
    assert "assert plus3(1.5) == 4.5" in shown
    assert not re.search(r"plus[35]\((1|10)\)", shown), "a hidden test was shown"
    assert accuracies(catalog)["visible_tests"] == 0.5
    costs = catalog.load("search_metrics")
    assert costs["search.cost.sc.generations"] == 2 * (4 + 1)


@pytest.mark.slow
def test_programs_in_exams_are_debugged_where_the_parameter_says_so(search: Search) -> None:
    catalog = search.run(debug={"students": True}, search={"baselines": []})
    exams, first = catalog.load("exam_answers"), catalog.load("first_exam_answers")
    assert (exams["verdict"] == "correct").all()
    with_demo = first[first["demo_id"].notna()]
    assert len(with_demo) == 2 * 3 * len(EXAMINED), "the demos that multiply and the one that subtracts"
    assert catalog.load("first_rationales").empty
    assert search.teacher.second == []
    assert catalog.load("search_metrics")["search.cost.lbt.generations"] == 2 * 4 + 2 * (4 + 3) * 3


@pytest.mark.slow
@pytest.mark.parametrize("debug", [False, True])
def test_exams_that_end_early_select_the_same_programs(debug: bool, search: Search) -> None:
    options = {"debug": {"teacher": debug, "students": debug}}
    full = search.run(**options).load("selections")
    early = search.run(**options, search={"examiner": "exact", "rule": "sum", "baselines": []})
    columns = ["problem_id", "answer", "right", "count", "hidden_share"]
    chosen = [
        table[table["method"] == "sum"][columns].reset_index(drop=True)
        for table in (full, early.load("selections"))
    ]
    pd.testing.assert_frame_equal(*chosen)
    assert early.load("exam_usage")["asked"] < early.load("exam_usage")["planned"]


def test_keys_that_are_of_mathematics_are_refused_before_a_model_is_asked(search: Search) -> None:
    with pytest.raises(SettingsError, match=r"search\.paper: true counts votes"):
        search.run(search={"paper": True})
