import json
from copy import copy

import pandas as pd
import pytest
from kedro.pipeline import Pipeline, node

from lbt.hooks.clock import StageClock

from .conftest import TinyProject


def test_marked_datasets_become_metrics_and_this_runs_artifacts(tiny: TinyProject) -> None:
    assert tiny.run("--params=table.rows=7").exit_code == 0
    result = tiny.run("--params=table.rows=9")
    assert result.exit_code == 0, result.output
    newest, oldest = tiny.runs()
    assert newest.info.status == oldest.info.status == "FINISHED"
    assert newest.data.metrics["eval.base.accuracy"] == 0.5
    assert "eval.unknown" not in newest.data.metrics
    for run, rows in ((newest, 9), (oldest, 7)):
        artifacts = tiny.artifacts(run)
        assert set(artifacts) == {
            "tables/made.parquet",
            "tables/training_log.parquet",
            "reports/metrics.json",
            "reports/first_usage.json",
            "reports/second_usage.json",
            "reports/summary.txt",
            "reports/times.json",
            "plots/plot.html",
            "model/weights.bin",
            "model/config.json",
        }
        assert len(pd.read_parquet(artifacts["tables/made.parquet"])) == rows
        assert artifacts["model/weights.bin"].read_text() == str(rows)


def test_plots_open_without_a_network(tiny: TinyProject) -> None:
    tiny.run()
    page = tiny.artifacts(tiny.runs()[0])["plots/plot.html"].read_text()
    assert '<script src="http' not in page


def test_usage_is_kept_by_stage_and_its_sum_is_a_metric(tiny: TinyProject) -> None:
    tiny.run()
    run = tiny.runs()[0]
    assert json.loads(tiny.artifacts(run)["reports/first_usage.json"].read_text())["new"] == 4
    metrics = run.data.metrics
    assert metrics["generation.new"] == 14
    assert metrics["generation.reused"] == 6


def test_the_training_log_becomes_one_curve_per_column(tiny: TinyProject) -> None:
    import mlflow

    tiny.run()
    run = tiny.runs()[0]
    client = mlflow.MlflowClient(f"sqlite:///{tiny.path}/mlflow.db")
    history = client.get_metric_history(run.info.run_id, "training.loss")
    assert [(point.step, point.value) for point in history] == [(1, 0.7), (2, 0.5)]
    assert run.data.metrics["training.reward_margin"] == 0.3
    assert not {"training.step", "training.epoch"} & set(run.data.metrics)


def test_typed_parameters_are_logged_key_by_key(tiny: TinyProject) -> None:
    tiny.run("--params=seed=11")
    parameters = tiny.runs()[0].data.params
    assert parameters == {
        "seed": "11",
        "table.rows": "4",
        "table.sampling.temperature": "0.5",
        "table.end": "well",
        "preferences.signal": "correctness",
    }


def test_tags_say_which_arm_pipeline_and_code_made_the_run(tiny: TinyProject) -> None:
    tiny.run("--pipeline=tiny", "--params=seed=11")
    tags = tiny.runs()[0].data.tags
    assert tags["arm"] == "correctness"
    assert tags["pipeline"] == "tiny"
    assert tags["kedro_env"] == "base"
    assert tags["outcome"] == "trained"
    assert tags["kedro_command"] == "kedro run --pipeline=tiny --params=seed=11"
    assert "git.commit" not in tags  # the copy is no checkout
    assert "resumes" not in tags


def test_a_pipeline_without_preferences_has_no_arm(tiny: TinyProject) -> None:
    tiny.run("--pipeline=first")
    assert "arm" not in tiny.runs()[0].data.tags


def test_a_part_of_a_run_keeps_the_arm_of_the_whole(tiny: TinyProject) -> None:
    tiny.run("--pipeline=tiny", "--nodes=first.make_table")
    tags = tiny.runs()[0].data.tags
    assert (tags["pipeline"], tags["arm"]) == ("tiny", "correctness")


def test_a_stage_between_whose_nodes_another_ran_is_announced_again(caplog: pytest.LogCaptureFixture) -> None:
    """As the search's exams, which are planned, and sat only after the baselines."""
    caplog.set_level("INFO", logger="lbt")
    plan = node(copy, "rationales", "plan", name="plan", namespace="exams")
    ask = node(copy, "plan", "baseline_answers", name="ask", namespace="baselines")
    sit = node(copy, "plan", "exam_answers", name="sit", namespace="exams")
    clock = StageClock()
    clock.before_pipeline_run({"env": None}, Pipeline([plan, ask, sit]))
    for each in (plan, ask, sit):
        clock.before_node_run(each)
        clock.after_node_run(each)
    assert caplog.messages == ["[1/2] exams", "[2/2] baselines", "[1/2] exams, continued"]


def test_each_stage_is_timed_and_announced(tiny: TinyProject, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="lbt")
    tiny.run()
    run = tiny.runs()[0]
    times = json.loads(tiny.artifacts(run)["reports/times.json"].read_text())
    assert 0 < times["first"] < run.data.metrics["time.total_s"]
    assert 0 < times["second"] < run.data.metrics["time.total_s"]
    lines = [record.getMessage() for record in caplog.records if record.name == "lbt"]
    assert lines[0] == "[1/4] first"
    assert any(line.endswith("/4] second") for line in lines)
    assert any("rows 4" in line for line in lines)
    assert "make ui" in lines[-1]
    assert "make viz" in lines[-1]


def test_an_unknown_record_in_the_catalog_is_an_error(tiny: TinyProject) -> None:
    catalog = tiny.path / "conf/base/catalog.yml"
    catalog.write_text(catalog.read_text().replace("mlflow: tags", "mlflow: tag"))
    result = tiny.run()
    assert result.exit_code == 1
    assert "catalog entry 'tags': metadata.mlflow is 'tag'; it must be one of" in result.output
