"""The refinement runs from nothing, is tracked by round, goes on after kills, and costs nothing twice."""

import multiprocessing
import signal
import sqlite3
import time
from contextlib import closing
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

import pandas as pd
import pytest

from lbt.refine.settings import REFINED
from tests.e2e import refining
from tests.e2e.conftest import FinishedRun, Workplace

pytestmark = pytest.mark.slow
ARMS = (*REFINED, "none", "random", "first_right")
KILLS = 10
DEADLINE_S = 300


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
    with closing(sqlite3.connect(place.folder / "mlflow.db")) as connection:
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


def test_it_goes_on_after_kills_at_random_moments(tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    for folder in (whole, killed):
        folder.mkdir()
    _finish(whole)
    total = _stored(whole)
    random = Random(0)
    # Not in the last tenth, or it may end before the kill.
    moments = sorted(random.uniform(0, 0.9 * total) for _ in range(KILLS))
    seen = [_kill(killed, int(moment), random.uniform(0, 0.1)) for moment in moments]
    assert len(set(seen)) > KILLS // 2
    _finish(killed)
    assert _stored(killed) == total
    for name in refining.TABLES:
        one, other = (pd.read_parquet(folder / f"{name}.parquet") for folder in (killed, whole))
        pd.testing.assert_frame_equal(one, other)
    assert int((killed / "new.txt").read_text()) == total - seen[-1]
    _finish(killed)
    assert (killed / "new.txt").read_text() == "0"


def _start(folder: Path) -> BaseProcess:
    # Forked from a process that has imported everything and computed nothing: a start costs no seconds.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([refining.__name__])
    process = context.Process(target=refining.run, args=(folder,))
    process.start()
    return process


def _finish(folder: Path) -> None:
    process = _start(folder)
    process.join(DEADLINE_S)
    assert process.exitcode == 0, (folder / "terminal.txt").read_text()[-3000:]


def _kill(folder: Path, progress: int, delay_s: float) -> int:
    """Kill a run some time after the store holds so many samples; gives how many it then holds."""
    process = _start(folder)
    deadline = time.monotonic() + DEADLINE_S
    while _stored(folder) < progress:
        assert process.is_alive(), (folder / "terminal.txt").read_text()[-3000:]
        assert time.monotonic() < deadline
        time.sleep(0.01)
    time.sleep(delay_s)
    process.kill()
    process.join()
    assert process.exitcode == -signal.SIGKILL, "it ended before it was killed"
    return _stored(folder)


def _stored(folder: Path) -> int:
    path = folder / "generations.sqlite"
    if not path.exists():
        return 0
    with closing(sqlite3.connect(path)) as connection:
        there = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'generations'")
        if not there.fetchone()[0]:
            return 0
        return int(connection.execute("SELECT count(*) FROM generations").fetchone()[0])
