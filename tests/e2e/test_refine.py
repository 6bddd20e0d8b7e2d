"""The refinement runs from nothing, is tracked by round, goes on after kills, and costs nothing twice."""

import random
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pandas as pd
import pytest

from lbt.refine.settings import REFINED
from tests.e2e.conftest import PROJECT, FinishedRun, Workplace

ARMS = (*REFINED, "none", "random", "first_right")
TABLES = ("refine_state", "refine_failures", "refine_held_out", "refine_rounds")
KILLS = 10


class RefinePlace(Workplace):
    """A fresh clone in which exemplars are refined."""

    def command(self, *parameters: str, env: str = "test") -> list[str]:
        command = super().command(*parameters, env=env)
        return [word.replace("lbt_finetune", "lbt_refine") for word in command]


@pytest.fixture(scope="session")
def refined(tmp_path_factory: pytest.TempPathFactory) -> FinishedRun:
    """The refinement, once, from nothing, on the embedded models."""
    place = RefinePlace(tmp_path_factory.mktemp("refined"))
    return FinishedRun(place, place.run())


def newest(workplace: Workplace, name: str) -> pd.DataFrame:
    [folder] = workplace.data.glob(f"*/{name}.parquet")
    return pd.read_parquet(max(folder.iterdir()) / folder.name)


def test_it_ends_with_its_figures_and_each_round_is_a_step(refined: FinishedRun) -> None:
    place, done = refined.workplace, refined.process
    output = done.stdout + done.stderr
    assert done.returncode == 0, output
    for expected in ("Students' failures", "Random search", "chosen by a score of"):
        assert expected in output
    assert "Traceback" not in output
    [run] = place.mlflow_runs()
    assert run.info.status == "FINISHED"
    metrics = {f"refine.{arm}.accuracy" for arm in ARMS} | {
        "refine.students_minus_random",
        "refine.students_minus_random_search_p_value",
        "generation.new",
    }
    assert set(run.data.metrics) >= metrics
    with sqlite3.connect(place.folder / "mlflow.db") as connection:
        steps = connection.execute(
            "SELECT step FROM metrics WHERE key = 'rounds.students.accuracy'"
        ).fetchall()
    assert sorted(step for (step,) in steps) == [0, 1, 2]
    state, rounds = newest(place, "refine_state"), newest(place, "refine_rounds")
    assert set(rounds["arm"]) == set(ARMS)
    assert set(state["origin"]) == {"sampled", "resampled", "kept"}
    written = pd.read_parquet(place.data / "02_intermediate/refinement/refine_state.parquet")
    pd.testing.assert_frame_equal(written, state)
    [folder] = place.data.glob("*/refine_sets.md")
    assert "| round 0 | round 1 | round 2 |" in (max(folder.iterdir()) / folder.name).read_text()


@pytest.mark.slow
def test_it_goes_on_after_kills_at_random_moments(refined: FinishedRun, tmp_path: Path) -> None:
    place = RefinePlace(tmp_path)
    whole = _stored(refined.workplace)
    moments = random.Random(0)
    for _ in range(KILLS):
        _kill_at(place, int(moments.uniform(0, 0.95) * whole), moments.uniform(0, 0.3))
    assert place.run().returncode == 0
    assert _stored(place) == whole
    for name in TABLES:
        pd.testing.assert_frame_equal(newest(place, name), newest(refined.workplace, name))
    again = place.run()
    assert again.returncode == 0, again.stderr
    assert place.mlflow_runs()[0].data.metrics["generation.new"] == 0


def _kill_at(place: RefinePlace, progress: int, delay_s: float) -> None:
    """Kill a run some time after the store holds so many generations, or after it has begun if it does so."""
    process = subprocess.Popen(
        place.command(),
        cwd=PROJECT,
        env=place.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 300
    while _stored(place) < progress and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    time.sleep(delay_s)
    process.kill()
    assert process.wait() in (-signal.SIGKILL, 0)


def _stored(place: Workplace) -> int:
    path = place.data / "02_intermediate/generations.sqlite"
    if not path.exists():
        return 0
    with sqlite3.connect(path) as connection:
        there = connection.execute(
            "SELECT count(*) FROM sqlite_master WHERE name = 'generations'"
        ).fetchone()[0]
        return int(connection.execute("SELECT count(*) FROM generations").fetchone()[0]) if there else 0
