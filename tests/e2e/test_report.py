"""The report of a real run: every number of it is recomputed from the tables that MLflow holds."""

import json
import re
from pathlib import Path

import mlflow
import pandas as pd
import pytest
from mlflow.entities import Run

from tests.e2e.conftest import FinishedRun
from tests.reporting.reading import Report
from tests.reporting.recount import recount
from tests.reporting.test_report import check_numbers

pytestmark = pytest.mark.slow
BATCH = 16  # training.batch_size


@pytest.fixture
def run(finished: FinishedRun) -> Run:
    """The first; other tests may have run it again."""
    return finished.workplace.mlflow_runs()[-1]


@pytest.fixture
def artifacts(finished: FinishedRun, run: Run) -> Path:
    return finished.workplace.folder / "artifacts" / run.info.run_id / "artifacts"


def test_every_number_of_the_report_is_recomputed_from_the_logged_tables(artifacts: Path) -> None:
    tables = {file.stem: pd.read_parquet(file) for file in (artifacts / "tables").glob("*.parquet")}
    usages = {
        stage: json.loads((artifacts / f"reports/{name}_usage.json").read_text())
        for stage, name in (("teaching", "teaching"), ("exams", "exam"), ("evaluation", "evaluation"))
    }
    training = json.loads((artifacts / "reports/training_metrics.json").read_text())
    usages["training"] = {"seconds": training["training.seconds"]}
    page = (artifacts / "reports/report.html").read_text()
    names = check_numbers(page, recount(tables, usages, BATCH))
    assert {"eval.delta", "eval.p_value", "preferences.pairs", "scoring.auc_right_wrong"} <= names


def test_the_terminal_names_the_page(finished: FinishedRun, run: Run, artifacts: Path) -> None:
    output = finished.process.stdout + finished.process.stderr
    [page] = map(Path, re.findall(r"or open (\S+report\.html)", output))
    assert page.is_relative_to(finished.workplace.data)
    assert page.parent.name == run.data.tags["kedro_version_id"]
    assert run.info.run_name in Report((artifacts / "reports/report.html").read_text()).text


def test_the_run_is_named_described_and_has_its_inputs(run: Run) -> None:
    assert run.info.run_name == "lbt+correctness seed 0 lbt_finetune (test)"
    note = run.data.tags["mlflow.note.content"]
    assert "Before training the teacher answered" in note
    assert f"{run.info.run_id}/artifacts/reports/report.html" in note
    inputs = {each.dataset.name: each.dataset for each in run.inputs.dataset_inputs}
    assert set(inputs) == {"problems", "pairs"}
    assert all(dataset.digest for dataset in inputs.values())
    assert len(run.outputs.model_outputs) == 1


@pytest.mark.filterwarnings("ignore")  # of libraries about each other, as the model is loaded
def test_the_tuned_teacher_loads_from_mlflow_and_the_pairs_with_datasets_alone(
    finished: FinishedRun, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datasets import load_dataset

    monkeypatch.setenv("MLFLOW_TRACKING_URI", finished.workplace.environment["LBT_TRACKING_URI"])
    ask = mlflow.transformers.load_model(f"models:/{run.outputs.model_outputs[0].model_id}")
    versions = finished.workplace.data.glob("08_reporting/preference_set/*Z/preference_set")
    pairs = load_dataset(
        str(min(versions)),
        split="train",
        cache_dir=str(tmp_path),
    )
    assert len(pairs) == run.data.metrics["preferences.pairs"]
    [said] = ask(pairs[0]["prompt"], max_new_tokens=20)
    assert said["generated_text"][-1]["content"]
