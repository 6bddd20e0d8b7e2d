"""A study as a user runs it: cells are ordinary runs, a killed one goes on, and the tables are the runs'."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from tests.e2e.conftest import PROJECT, Workplace
from tests.e2e.notebooks import outputs_of
from tests.reporting.reading import Report

pytestmark = pytest.mark.slow
PART = ("--condition", "half_lucky", "--seed", "0")
CELLS = 3  # two rounds of one arm, and the other arm


def study(*words: str) -> list[str]:
    return [sys.executable, "-m", "kedro", "study", *words]


def folder(workplace: Workplace) -> Path:
    return workplace.data / "08_reporting" / "studies" / "small"


@pytest.fixture(scope="module")
def resumed(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """Where a study was killed in its second run, and run to its end."""
    workplace = Workplace(tmp_path_factory.mktemp("resumed"))
    begun = subprocess.Popen(
        study("run", "small", *PART), cwd=PROJECT, env=workplace.environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert begun.stdout is not None
    for line in begun.stdout:
        if line.startswith(f"[1/{CELLS}]"):
            break
    time.sleep(2)  # into the second run, which no machine ends within that time
    begun.send_signal(signal.SIGTERM)
    told = begun.communicate(timeout=300)[0]
    assert begun.returncode == 130, told
    assert "to continue: make study NAME=small" in told

    again = workplace.call(study("run", "small", *PART))
    assert again.returncode == 0, again.stdout + again.stderr
    assert f"{CELLS} runs, of which 1 are done" in again.stdout
    return workplace


def test_a_killed_study_goes_on_with_the_run_that_was_killed(resumed: Workplace) -> None:
    third = resumed.call(study("run", "small", *PART))
    assert f"of which {CELLS} are done" in third.stdout

    runs = resumed.mlflow_runs()
    whole = [run for run in runs if "study.whole" in run.data.tags]
    cells = [run for run in runs if "cell" in run.data.tags and run.info.status == "FINISHED"]
    assert len(whole) == 1
    assert len(cells) == CELLS
    assert {run.data.tags["mlflow.parentRunId"] for run in cells} == {whole[0].info.run_id}

    comparisons = pd.read_parquet(folder(resumed) / "study_comparisons.parquet")
    tuned = {
        (run.data.tags["arm"], run.data.tags["round"]): run.data.metrics["eval.tuned.accuracy"]
        for run in cells
    }
    row = comparisons[(comparisons["arm"] == "both") & (comparisons["less"] == "correctness")].iloc[0]
    assert row["difference"] == pytest.approx(tuned["both", "1"] - tuned["correctness", "1"])
    base = {run.data.tags["round"]: run.data.metrics["eval.base.accuracy"] for run in cells}
    assert base["2"] == tuned["both", "1"]  # the second round starts from the tuned teacher
    page = (folder(resumed) / "study.html").read_text()
    assert "both round 1 less correctness round 1" in page
    assert not Report(page).loads


def test_the_runs_of_a_study_can_be_compared_in_the_notebook(
    resumed: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs = outputs_of("02_compare_runs.ipynb", resumed, monkeypatch)
    by_hand = next(one for one in outputs if "(np.float64" in str(one.get("data", {}).get("text/plain")))
    again, told = (
        float(value) for value in re.findall(r"float64\(([-\d.e]+)\)", by_hand["data"]["text/plain"])
    )
    assert again == pytest.approx(told)


def test_a_study_that_is_not_there_or_wrong_is_told_in_plain_words(workplace: Workplace) -> None:
    missing = workplace.call(study("run", "nothing"))
    assert missing.returncode == 1
    assert "There is no study 'nothing'" in missing.stderr
    assert "small" in missing.stderr
    part = workplace.call(study("run", "small", "--arm", "neither"))
    assert part.returncode == 2
    assert "It has both, correctness." in part.stderr
