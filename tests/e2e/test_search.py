"""The search runs from nothing, is tracked, and costs nothing twice."""

import json

import pandas as pd
import pytest

from tests.e2e.conftest import FinishedRun, Workplace
from tests.reporting.reading import Report
from tests.reporting.recount import recount_search
from tests.reporting.test_report import check_numbers

# test_pocket_code.py has a whole search that `make test` runs.
pytestmark = pytest.mark.slow

METRICS = {
    *(
        f"search.{method}.accuracy"
        for method in ("greedy", "sc", "max", "sum", "avg", "sum.strong", "sum.weak")
    ),
    "search.teacher_exams.sum.accuracy",
    "search.worked_examples.accuracy",
    "search.sum_minus_sc",
    "search.sum_minus_sc_p_value",
    "search.sum_minus_worked_examples",
    "generation.new",
    "time.total_s",
}


class SearchPlace(Workplace):
    """A fresh clone in which the search is run."""

    def command(self, *parameters: str, env: str = "test") -> list[str]:
        command = super().command(*parameters, env=env)
        return [word.replace("lbt_finetune", "lbt_search") for word in command]


@pytest.fixture(scope="session")
def searched(tmp_path_factory: pytest.TempPathFactory) -> FinishedRun:
    """The search, once, from nothing, on the embedded models."""
    place = SearchPlace(tmp_path_factory.mktemp("searched"))
    return FinishedRun(place, place.run())


def newest(workplace: Workplace, name: str) -> pd.DataFrame:
    [folder] = workplace.data.glob(f"*/{name}.parquet")
    return pd.read_parquet(max(folder.iterdir()) / folder.name)


def test_it_ends_with_its_figures(searched: FinishedRun) -> None:
    place, done = searched.workplace, searched.process
    output = done.stdout + done.stderr
    assert done.returncode == 0, output
    for expected in ("SC (majority)", "SUM over SC", "Exam problems as examples"):
        assert expected in output
    assert "Traceback" not in output
    assert "Warning" not in output
    [run] = place.mlflow_runs()
    assert run.info.status == "FINISHED"
    assert set(run.data.metrics) >= METRICS
    assert set(newest(place, "search_curve")["rationales"]) == {1, 2, 4, 6}


def test_an_exact_search_selects_the_same_and_needs_nothing_new(searched: FinishedRun) -> None:
    place = searched.workplace
    full = newest(place, "selections").set_index(["method", "problem_id"])
    again = place.run("search.examiner=exact")
    assert again.returncode == 0, again.stderr
    assert place.mlflow_runs()[0].data.metrics["generation.new"] == 0
    exact = newest(place, "selections").set_index(["method", "problem_id"])
    assert exact.loc["sum", "answer"].equals(full.loc["sum", "answer"])
    assert "max" not in exact.index


def test_every_number_of_the_report_is_recomputed_from_the_logged_tables(searched: FinishedRun) -> None:
    run = searched.workplace.mlflow_runs()[-1]
    folder = searched.workplace.folder / "artifacts" / run.info.run_id / "artifacts"
    tables = {file.stem: pd.read_parquet(file) for file in (folder / "tables").glob("*.parquet")}
    usages = {
        stage: json.loads((folder / f"reports/{name}_usage.json").read_text())
        for stage, name in (("teaching", "teaching"), ("exams", "exam"), ("baselines", "baseline"))
    }
    page = (folder / "reports/report.html").read_text()
    names = check_numbers(page, recount_search(tables, usages))
    assert {"search.sum_minus_sc", "search.sum_minus_sc_family_p_value", "search.max.accuracy"} <= names
    report = Report(page)
    assert report.loads == [address for address in report.loads if address.startswith("#")]
    assert set(report.plots) == {"methods", "curve", "lessons"}
    assert "SUM" in run.data.tags["mlflow.note.content"]
