"""Sampling that is killed, for real, and continued."""

import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lbt.generation import GenerationStore

pytest.importorskip("torch")

RUN = """
import sys
from lbt.generation import GenerationStore, ModelSettings, Request, SamplingSettings, generate
sampling = SamplingSettings(temperature=1, max_tokens=60)
requests = [Request((("user", f"{number} apples"),), 4, sampling, 1) for number in range(400)]
model = ModelSettings(path=sys.argv[1], device="cpu", dtype="float32", batch_size=8)
with GenerationStore(sys.argv[2]) as store:
    samples = generate(model, requests, store, "teaching")
print(samples.new, samples.reused)
"""


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-c", RUN, *map(str, arguments)]


def stored(path: Path) -> int:
    if not path.exists():
        return 0
    with GenerationStore(path) as store:
        return store.count()


def table(path: Path) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    rows = connection.execute(
        "SELECT key, sample_index, text, finish_reason, prompt_tokens, tokens FROM generations ORDER BY 1, 2"
    ).fetchall()
    connection.close()
    return rows


@pytest.mark.slow
def test_a_killed_run_continues_to_the_table_of_an_uninterrupted_one(
    tiny_model: Path, tmp_path: Path
) -> None:
    killed, whole = tmp_path / "killed.sqlite", tmp_path / "whole.sqlite"
    for target in (1, 500):
        process = subprocess.Popen(command(tiny_model, killed), stderr=subprocess.DEVNULL)
        while stored(killed) < target:
            assert process.poll() is None, "it ended before it could be killed"
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
    kept = stored(killed)
    assert 500 <= kept < 1600
    resumed = subprocess.run(command(tiny_model, killed), check=True, capture_output=True, text=True)
    assert resumed.stdout.split() == [str(1600 - kept), str(kept)]
    subprocess.run(command(tiny_model, whole), check=True, capture_output=True)
    assert table(killed) == table(whole)
    assert len(table(whole)) == 1600
