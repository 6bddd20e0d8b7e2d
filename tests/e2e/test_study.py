"""A study as a user runs it: cells are ordinary runs, a killed one goes on, and the tables are the runs'."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from tests.e2e.conftest import PROJECT, Workplace
from tests.reporting.reading import Report

pytestmark = pytest.mark.slow
PART = ("--condition", "half_lucky", "--seed", "0")
CELLS = 3  # two rounds of one arm, and the other arm


def study(*words: str) -> list[str]:
    return [sys.executable, "-m", "kedro", "study", *words]


def folder(workplace: Workplace) -> Path:
    return workplace.data / "08_reporting" / "studies" / "small"


def test_a_killed_study_goes_on_with_the_run_that_was_killed(workplace: Workplace) -> None:
    begun = subprocess.Popen(
        study("run", "small", *PART), cwd=PROJECT, env=workplace.environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert begun.stdout is not None
    for line in begun.stdout:
        if line.startswith(f"[1/{CELLS}]"):
            break
    time.sleep(10)  # into the second run
    begun.send_signal(signal.SIGTERM)
    told = begun.communicate(timeout=300)[0]
    assert begun.returncode == 130, told
    assert "to go on: kedro study run small" in told

    again = workplace.call(study("run", "small", *PART))
    assert again.returncode == 0, again.stdout + again.stderr
    assert f"{CELLS} runs, of which 1 are done" in again.stdout
    third = workplace.call(study("run", "small", *PART))
    assert f"of which {CELLS} are done" in third.stdout

    runs = workplace.mlflow_runs()
    whole = [run for run in runs if "study.whole" in run.data.tags]
    cells = [run for run in runs if "cell" in run.data.tags and run.info.status == "FINISHED"]
    assert len(whole) == 1
    assert len(cells) == CELLS
    assert {run.data.tags["mlflow.parentRunId"] for run in cells} == {whole[0].info.run_id}

    comparisons = pd.read_parquet(folder(workplace) / "study_comparisons.parquet")
    tuned = {
        (run.data.tags["arm"], run.data.tags["round"]): run.data.metrics["eval.tuned.accuracy"]
        for run in cells
    }
    row = comparisons[(comparisons["arm"] == "both") & (comparisons["less"] == "correctness")].iloc[0]
    assert row["difference"] == pytest.approx(tuned["both", "1"] - tuned["correctness", "1"])
    base = {run.data.tags["round"]: run.data.metrics["eval.base.accuracy"] for run in cells}
    assert base["2"] == tuned["both", "1"]  # the second round starts from the tuned teacher
    page = (folder(workplace) / "study.html").read_text()
    assert "both round 1 less correctness round 1" in page
    assert not Report(page).loads


def test_a_study_that_is_not_there_or_wrong_is_told_in_plain_words(workplace: Workplace) -> None:
    missing = workplace.call(study("run", "nothing"))
    assert missing.returncode == 1
    assert "There is no study 'nothing'" in missing.stderr
    assert "small" in missing.stderr
    part = workplace.call(study("run", "small", "--arm", "neither"))
    assert part.returncode == 2
    assert "It has both, correctness." in part.stderr
