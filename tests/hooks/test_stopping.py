"""A run that ends early says so, in the terminal and in MLflow."""

import pytest

from .conftest import TinyProject

pytestmark = pytest.mark.slow


def test_an_error_is_shown_without_a_traceback_and_the_run_is_failed(tiny: TinyProject) -> None:
    result = tiny.run("--pipeline=tiny", "--params=table.end=error")
    assert result.exit_code == 1
    assert "Error: problems.jsonl:3 has no answer.\nAdd one." in result.output
    assert (
        "Everything generated so far is stored. To continue, run:\n"
        "  kedro run --pipeline=tiny --params=table.end=error" in result.output
    )
    assert "Traceback" not in result.output
    run = tiny.runs()[0]
    assert run.info.status == "FAILED"
    assert run.data.tags["error"] == "problems.jsonl:3 has no answer."
    assert run.data.tags["resume_command"] == "kedro run --pipeline=tiny --params=table.end=error"


def test_a_stopped_run_is_killed_and_names_the_command_that_continues(tiny: TinyProject) -> None:
    result = tiny.run("--pipeline=tiny", "--params=table.end=interrupt")
    assert result.exit_code == 130
    assert "Everything generated so far is stored" in result.output
    run = tiny.runs()[0]
    assert run.info.status == "KILLED"
    assert run.data.tags["outcome"] == "stopped"
    assert run.data.tags["resume_command"].startswith("kedro run --pipeline=tiny")


def test_a_bug_keeps_its_traceback_and_fails_the_run(tiny: TinyProject) -> None:
    result = tiny.run("--params=table.end=bug")
    assert isinstance(result.exception, RuntimeError)
    assert tiny.runs()[0].info.status == "FAILED"
    assert tiny.runs()[0].data.tags["error"] == "something nobody thought of"


@pytest.mark.parametrize("end", ["error", "interrupt"])
def test_the_run_after_a_failed_one_says_which_it_resumes(tiny: TinyProject, end: str) -> None:
    tiny.run("--pipeline=tiny", f"--params=table.end={end}")
    tiny.run("--pipeline=first")
    tiny.run("--pipeline=tiny")
    tiny.run("--pipeline=tiny")
    fourth, third, second, first = tiny.runs()
    assert third.data.tags["resumes"] == first.info.run_id
    assert "resumes" not in second.data.tags  # of another pipeline
    assert "resumes" not in fourth.data.tags  # the one before it finished


def test_wrong_parameters_are_listed_by_key_before_anything_runs(tiny: TinyProject) -> None:
    result = tiny.run("--params=table.rows=many,table.sampling.temperature=-1,seed=x")
    assert result.exit_code == 1
    assert "table.rows: should be a valid integer" in result.output
    assert "table.sampling.temperature: should be greater than or equal to 0 (it is -1)" in result.output
    assert "seed: should be a valid integer" in result.output
    assert "pydantic" not in result.output
    assert "To continue" not in result.output
    assert not (tiny.path / "data").exists()
    assert tiny.runs() == []


def test_a_parameter_that_nothing_reads_is_refused(tiny: TinyProject) -> None:
    result = tiny.run("--params=tabel.rows=5")
    assert result.exit_code == 1
    assert "parameter 'tabel': no pipeline reads it. Did you mean 'table'?" in result.output


def test_a_table_against_its_schema_is_an_error_that_names_it(tiny: TinyProject) -> None:
    result = tiny.run("--params=seed=5000")
    assert result.exit_code == 1
    assert "dataset 'made' on save" in result.output
    assert "value of 1000 or more" in result.output
    assert tiny.runs()[0].info.status == "FAILED"


def test_an_unknown_pipeline_is_named_with_the_known_ones(tiny: TinyProject) -> None:
    result = tiny.run("--pipeline=tinny")
    assert result.exit_code == 2
    assert (
        "There is no pipeline 'tinny'. Did you mean 'tiny'? There are: __default__, tiny, first."
        in result.output
    )


def test_an_unknown_environment_is_named_with_the_known_ones(tiny: TinyProject) -> None:
    result = tiny.run("--env=cloud")
    assert result.exit_code == 2
    assert "There is no environment 'cloud'. There are: base, local." in result.output


def test_an_unknown_node_is_named_before_anything_runs(tiny: TinyProject) -> None:
    result = tiny.run("--from-nodes=make_tabel")
    assert result.exit_code == 2
    assert "Pipeline does not contain nodes named ['make_tabel']" in result.output
    assert tiny.runs() == []
