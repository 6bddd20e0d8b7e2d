import json
import sqlite3
from contextlib import closing
from copy import copy

import pandas as pd
import pytest
from kedro.pipeline import Pipeline, node

from lbt.hooks.clock import StageClock
from lbt.hooks.headlines import is_headline

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


def test_the_result_is_the_first_metric_that_mlflow_gets(tiny: TinyProject) -> None:
    """Compare and the charts begin with it."""
    tiny.run()
    with closing(sqlite3.connect(tiny.path / "mlflow.db")) as connection:
        names = [name for (name,) in connection.execute("SELECT key FROM latest_metrics ORDER BY rowid")]
    assert names[0] == "eval.base.accuracy"
    assert names.index("generation.new") < names.index("training.loss")
    assert names[-1] == "time.total_s"


def test_a_failed_run_keeps_the_metrics_that_it_had(tiny: TinyProject) -> None:
    tiny.run("--params=table.end=error")
    assert tiny.runs()[0].data.metrics["generation.new"] == 4


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["--pipeline=tiny"], "correctness seed 3 tiny"),
        (["--pipeline=tiny", "--params=seed=11"], "correctness seed 11 tiny"),
        (["--pipeline=tiny", "--params=seed=11,table.rows=7"], "correctness seed 11 table.rows=7 tiny"),
        (["--pipeline=first"], "seed 3 first"),
        (["--pipeline=tiny", "--params=tracking.name=dose lucky 0.9"], "dose lucky 0.9"),
        (["--pipeline=tiny", "--params=tracking.tags.arm=random"], "random seed 3 tiny"),
    ],
)
def test_a_run_is_called_after_its_arm_its_seed_and_what_the_command_changes(
    tiny: TinyProject, arguments: list[str], name: str
) -> None:
    result = tiny.run(*arguments)
    assert result.exit_code == 0, result.output
    assert tiny.runs()[0].info.run_name == name


def test_a_study_tags_its_runs_and_shows_them_below_its_own(tiny: TinyProject) -> None:
    tiny.run("--pipeline=first")
    parent = tiny.runs()[0].info.run_id
    tags = "tracking.tags.study=dose,tracking.tags.round=1,tracking.tags.control=true"
    result = tiny.run("--pipeline=tiny", f"--params=tracking.parent={parent},{tags}")
    assert result.exit_code == 0, result.output
    run = tiny.runs()[0]
    expected = {"study": "dose", "round": "1", "control": "true", "seed": "3", "arm": "correctness"}
    assert expected.items() <= run.data.tags.items()
    assert run.data.tags["mlflow.parentRunId"] == parent
    assert not any(name.startswith("tracking") for name in run.data.params)


def test_a_tag_says_which_parameters_differ_from_conf_base(tiny: TinyProject) -> None:
    tiny.run("--params=table.rows=7")
    assert tiny.runs()[0].data.tags["differs"] == "table.rows=7"
    tiny.run()
    assert "differs" not in tiny.runs()[0].data.tags


def test_a_run_of_another_seed_does_not_resume_a_failed_one(tiny: TinyProject) -> None:
    tiny.run("--params=table.end=error")
    tiny.run("--params=seed=4")
    assert "resumes" not in tiny.runs()[0].data.tags


def test_a_wrong_tracking_parameter_is_refused(tiny: TinyProject) -> None:
    result = tiny.run("--params=tracking.nam=x")
    assert result.exit_code == 1
    assert "tracking.nam: there is no such parameter" in result.output


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("eval.delta", True),
        ("eval.delta_family_ci_low", True),
        ("exam.gain_mean", True),
        ("exam.gain_mean.strong", False),
        ("exam.gain_mean_ci_low", False),
        ("search.sum_minus_sc_p_value", True),
        ("search.sum.strong_minus_sc_p_value", False),
        ("search.cost.lbt.tokens", False),
        ("preferences.pairs", True),
        ("training.loss", True),
        ("training.last_epoch.loss", False),
    ],
)
def test_details_are_left_to_the_report(name: str, expected: bool) -> None:
    assert is_headline(name) == expected
