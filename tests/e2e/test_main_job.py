"""The main job runs from nothing, is tracked, and costs nothing twice."""

import json
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from mlflow.artifacts import list_artifacts

from tests.e2e.conftest import PROJECT, FinishedRun, Workplace

FIXED_METRICS = {
    "eval.base.accuracy",
    "eval.tuned.accuracy",
    "eval.delta",
    "eval.delta_ci_low",
    "eval.delta_ci_high",
    "eval.p_value",
    "exam.lbt_score_mean",
    "exam.gain_mean",
    "teaching.accuracy",
    "preferences.pairs",
    "generation.new",
    "generation.reused",
    "time.total_s",
}


def _entries(workplace: Workplace) -> list[Path]:
    """The versioned catalog entries' folders."""
    return sorted({path.parent.parent for path in workplace.data.glob("0*/*/*Z/*")})


def test_it_ends_with_its_figures_and_where_to_look(finished: FinishedRun) -> None:
    output = finished.process.stdout + finished.process.stderr
    assert finished.process.returncode == 0, output
    for expected in ("make report", "make ui", "make viz", "accuracy", "LbT score"):
        assert expected in output
    assert "Traceback" not in output
    assert "Warning" not in output


def test_it_is_one_finished_mlflow_run_with_the_fixed_metrics(finished: FinishedRun) -> None:
    [run] = finished.workplace.mlflow_runs()
    assert run.info.status == "FINISHED"
    assert set(run.data.metrics) >= FIXED_METRICS
    assert run.data.metrics["generation.new"] > 0
    assert run.data.tags["arm"] == "lbt+correctness"
    assert run.data.params["preferences.margin"] == "0.3"
    assert any(name.startswith("training.reward") for name in run.data.metrics)


def test_the_mlflow_run_holds_its_tables_plots_and_model(
    finished: FinishedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", finished.workplace.environment["LBT_TRACKING_URI"])
    [run] = finished.workplace.mlflow_runs()
    top = {item.path for item in list_artifacts(run_id=run.info.run_id)}
    assert {"tables", "plots", "reports"} <= top
    model = {item.path for item in list_artifacts(run_id=run.info.run_id, artifact_path="tuned_teacher")}
    assert "tuned_teacher/MLmodel" in model
    tables = [item.path for item in list_artifacts(run_id=run.info.run_id, artifact_path="tables")]
    assert "tables/rationales.parquet" in tables


def test_a_second_run_and_lost_entries_make_no_new_generation(finished: FinishedRun) -> None:
    workplace = finished.workplace
    entries = _entries(workplace)
    assert len(entries) > 20
    for entry in entries:
        shutil.rmtree(max(entry.iterdir()))
    again = workplace.run()
    assert again.returncode == 0, again.stderr
    assert _entries(workplace) == entries
    newest = workplace.mlflow_runs()[0]
    assert newest.data.metrics["generation.new"] == 0
    assert newest.data.metrics["generation.reused"] > 0
    assert newest.data.metrics["training.reused"] == 1


def _heed_ctrl_c() -> None:
    """A shell starts what it runs in the background, such as these tests, with Ctrl-C ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.slow
def test_ctrl_c_loses_nothing_and_the_same_command_goes_on(workplace: Workplace) -> None:
    process = subprocess.Popen(
        workplace.command("exams.repeats=40"),
        cwd=PROJECT,
        env=workplace.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=_heed_ctrl_c,
    )
    store = workplace.data / "02_intermediate" / "generations.sqlite"
    rationales = workplace.data / "03_primary" / "rationales.parquet"
    deadline = time.monotonic() + 300
    while not (store.exists() and rationales.exists()) and time.monotonic() < deadline:
        assert process.poll() is None, process.stdout
        time.sleep(0.05)
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 130, output
    assert "Everything generated so far is stored" in output
    assert "Traceback" not in output
    assert workplace.mlflow_runs()[0].info.status == "KILLED"

    resumed = workplace.run("exams.repeats=2")
    assert resumed.returncode == 0, resumed.stderr
    newest = workplace.mlflow_runs()[0]
    assert newest.info.status == "FINISHED"
    *_, usage = sorted(workplace.data.glob("08_reporting/teaching_usage.json/*Z/*.json"))
    assert json.loads(usage.read_text())["new"] == 0
