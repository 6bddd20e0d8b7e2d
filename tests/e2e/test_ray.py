"""The main job on a Ray cluster gives the tables that it gives in one process."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from tests.e2e.conftest import Workplace
from tests.generation.engines.test_ray import ENVIRONMENT, Machines

pytestmark = [pytest.mark.slow, pytest.mark.ray]

# What conf/test says, for the other environments, and what makes an answer independent of its batch. There is
# one student, and below it are two actors a model, since most of the test's time goes into opening actors.
SMALL = (
    "models.students.weak=null",
    "problems.teaching=4",
    "problems.exam_per_family=2",
    "problems.evaluation=8",
    "teaching.samples=3",
    "exams.problems_per_demo=1",
    "exams.repeats=1",
    "scoring.bootstrap_samples=100",
    "training.epochs=1",
    "training.minimum_pairs=1",
    "evaluation.samples=1",
    *(
        f"models.{model}.{setting}"
        for model in ("teacher", "students.strong")
        for setting in ("device=cpu", "dtype=float32", "batch_size=1")
    ),
)
ACTORS = ("models.teacher.ray.actors=2", "models.students.strong.ray.actors=2")
TABLES = ("rationales", "exam_answers", "lbt_scores", "pairs", "evaluation_answers")


@contextmanager
def cluster() -> Iterator[Machines]:
    machines = Machines()
    try:
        yield machines
    finally:
        machines.shutdown()


def tables(workplace: Workplace) -> dict[str, pd.DataFrame]:
    """The newest version of each table of the stages."""
    found = {}
    for name in TABLES:
        [*_, entry] = sorted(workplace.data.glob(f"0*/{name}.parquet/*/*.parquet"))
        found[name] = pd.read_parquet(entry)
    return found


def test_a_cluster_of_three_machines_gives_the_tables_of_one_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with cluster() as machines:
        (tmp_path / "there").mkdir()
        there = Workplace(tmp_path / "there", {"LBT_RAY": machines.address})
        process = there.run(*SMALL, *ACTORS, env="ray")
        output = process.stdout + process.stderr
        assert process.returncode == 0, output
    assert "Ray places 2 actors" in output
    assert "2 of 2 actors" in output
    assert "raylet" not in output
    (tmp_path / "here").mkdir()
    here = Workplace(tmp_path / "here")
    assert here.run(*SMALL, env="base").returncode == 0
    expected = tables(here)
    for name, table in tables(there).items():
        pd.testing.assert_frame_equal(table, expected[name])
