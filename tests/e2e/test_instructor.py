"""The pipeline instructor runs from nothing, is tracked arm by arm, costs nothing twice, survives kills."""

import os
import signal
import subprocess
import time
from pathlib import Path
from random import Random

import pandas as pd
import pytest
from mlflow.entities import Run

from tests.e2e.conftest import PROJECT, FinishedRun, Workplace

pytestmark = pytest.mark.slow
KILLS = 10 if os.environ.get("LBT_EVERY_KILL") else 5
ARMS = ["original", "blind", "le", "lec"]
TABLES = [
    "instructor_answers",
    "instructor_replies",
    "instructor_items",
    "instructor_rounds",
    "instructor_log",
]
QUICK = (
    "problems.evaluation=14,instructor.problems=14,instructor.items=6,instructor.minimum_items=2,"
    "instructor.solutions=1,instructor.votes=1"
)


class InstructorPlace(Workplace):
    """A fresh clone in which a student is instructed."""

    def command(self, *parameters: str, env: str = "test") -> list[str]:
        command = super().command(*parameters, env=env)
        return [word.replace("lbt_finetune", "instructor") for word in command]

    def table(self, name: str) -> pd.DataFrame:
        [folder] = self.data.glob(f"*/{name}.parquet")
        return pd.read_parquet(max(folder.iterdir()) / folder.name)

    def parents(self) -> list[Run]:
        return [run for run in self.mlflow_runs() if "mlflow.parentRunId" not in run.data.tags]


@pytest.fixture(scope="session")
def instructed(tmp_path_factory: pytest.TempPathFactory) -> FinishedRun:
    """The pipeline, once, from nothing, on the embedded models."""
    place = InstructorPlace(tmp_path_factory.mktemp("instructed"))
    return FinishedRun(place, place.run())


def test_it_ends_with_its_figures(instructed: FinishedRun) -> None:
    done = instructed.process
    output = done.stdout + done.stderr
    assert done.returncode == 0, output
    for expected in ("Target's accuracy before", "after LEC, by contrast", "LE over original data"):
        assert expected in output
    assert "Traceback" not in output
    assert "Warning" not in output


def test_every_arm_and_iteration_is_a_run_below_the_runs_own(instructed: FinishedRun) -> None:
    place = instructed.workplace
    assert isinstance(place, InstructorPlace)
    [parent] = place.parents()
    assert parent.info.status == "FINISHED"
    assert {f"instructor.{arm}.accuracy" for arm in ARMS} <= set(parent.data.metrics)
    children = [run for run in place.mlflow_runs() if run.info.run_id != parent.info.run_id]
    found = {(run.data.tags["arm"], run.data.tags["iteration"]) for run in children}
    assert found == {(arm, str(iteration)) for arm in ARMS for iteration in (1, 2)}
    rounds = place.table("instructor_rounds").set_index(["arm", "iteration"])
    for run in children:
        assert run.data.tags["mlflow.parentRunId"] == parent.info.run_id
        assert run.info.status == "FINISHED"
        row = rounds.loc[(run.data.tags["arm"], int(run.data.tags["iteration"]))]
        for name in ("accuracy", "accuracy_ci_low", "delta", "repaired", "forgotten", "items", "steps"):
            assert run.data.metrics[name] == pytest.approx(float(row[name]))
        assert "training.loss" in run.data.metrics


def test_arms_learn_from_equally_many_items_and_never_from_the_evaluation(instructed: FinishedRun) -> None:
    place = instructed.workplace
    assert isinstance(place, InstructorPlace)
    items, problems = place.table("instructor_items"), place.table("problems")
    learned = items[items["fate"] == "learned"]
    sizes = learned.groupby(["iteration", "arm"]).size().unstack()
    assert list(sizes.columns) == sorted(ARMS)
    assert (sizes.nunique(axis=1) == 1).all()
    held_out = set(problems.loc[problems["role"] == "evaluation", "question"])
    assert not held_out & set(learned["question"])
    answers = place.table("instructor_answers")
    wrong = answers[(answers["role"] == "teaching") & (answers["verdict"] != "correct")]
    for arm in ("le", "lec"):
        first = items[(items["arm"] == arm) & (items["iteration"] == 1)]
        assert set(first["source_id"]) == set(wrong.loc[wrong["arm"] == "base", "problem_id"])


def test_the_report_shows_items_beside_the_errors_that_they_came_from(instructed: FinishedRun) -> None:
    [folder] = instructed.workplace.data.glob("*/instructor_report.md")
    report = (max(folder.iterdir()) / folder.name).read_text()
    for expected in (
        "# What the target learned",
        "Accuracy by family",
        "The target had answered",
        "Nearest questions",
    ):
        assert expected in report


def test_a_second_run_asks_and_trains_nothing(instructed: FinishedRun) -> None:
    place = instructed.workplace
    assert isinstance(place, InstructorPlace)
    before = {name: place.table(name) for name in TABLES}
    again = place.run()
    assert again.returncode == 0, again.stderr
    assert place.parents()[0].data.metrics["generation.new"] == 0
    for name, table in before.items():
        pd.testing.assert_frame_equal(place.table(name), table)


def test_a_target_that_is_no_student_or_has_no_weights_is_refused_before_anything_is_asked(
    workplace: Workplace,
) -> None:
    place = InstructorPlace(workplace.folder)
    done = place.run("instructor.target=nobody")
    assert done.returncode == 1
    assert (
        "instructor.target is 'nobody', but there is no models.students.nobody. Students: strong, weak."
        in done.stderr
    )


def test_killed_at_random_moments_it_ends_with_the_tables_of_a_run_that_was_not(tmp_path: Path) -> None:
    """One sample a batch and one thread, so that what a kill has left to be asked changes no bit."""
    alone = [
        f"models.{name}.{key}"
        for name in ("teacher", "students.weak")
        for key in ("batch_size=1", "dtype=float32")
    ]
    parameters = ",".join([QUICK, *alone])
    variables = {"OMP_NUM_THREADS": "1"}
    whole = InstructorPlace(tmp_path / "whole", variables)
    whole.folder.mkdir()
    started = time.monotonic()
    done = whole.run(parameters)
    assert done.returncode == 0, done.stderr
    took = time.monotonic() - started
    killed = InstructorPlace(tmp_path / "killed", variables)
    killed.folder.mkdir()
    draw, kills = Random(0), 0
    while kills < KILLS:
        process = subprocess.Popen(
            killed.command(parameters), cwd=PROJECT, env=killed.environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            process.wait(took * draw.uniform(0.2, 0.9))
            break  # it came to the end: what it has left is what is compared
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            kills += 1
    done = killed.run(parameters)
    assert done.returncode == 0, done.stderr
    for name in TABLES:
        expected, found = whole.table(name), killed.table(name)
        pd.testing.assert_frame_equal(found, expected)
