"""Promises of a training whose processes Ray Train starts."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.generation.engines.test_ray import ENVIRONMENT, Machines

from lbt.errors import LbtError, ModelError
from lbt.generation import ModelSettings
from lbt.training.work import checkpoint_step

from .test_processes import assert_same, dpo

pytestmark = [
    pytest.mark.slow,
    pytest.mark.ray,
    pytest.mark.filterwarnings("ignore::DeprecationWarning:ray.data.context"),  # ray.data of itself
]


@pytest.fixture(scope="module")
def machines() -> Iterator[Machines]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        started = Machines()
        yield started
        started.shutdown()


@pytest.fixture
def on_ray(machines: Machines) -> Iterator[dict[str, Any]]:
    """The settings of a training on these machines."""
    import ray

    yield {"launcher": "ray", "ray_address": machines.address}
    ray.shutdown()


def test_ray_trains_the_model_of_one_process_and_names_a_cluster_that_is_too_small(
    teacher: ModelSettings, tmp_path: Path, on_ray: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(LbtError, match=r"training\.processes is 4, each takes one CPU, .* has 3: "):
        dpo(tmp_path / "small", 27, teacher, processes=4, **on_ray)
    together = dpo(tmp_path / "ray", 27, teacher, processes=2, **on_ray)
    said = capfd.readouterr()
    assert_same(together, dpo(tmp_path / "alone", 27, teacher), teacher.path)
    assert "training" in said.err  # its progress
    assert "ray" not in (said.out + said.err).lower()
    [folder] = (tmp_path / "ray").iterdir()
    assert sorted(path.name for path in folder.iterdir()) == ["complete.json", "model"]


def test_a_killed_process_is_named_and_one_process_continues(
    teacher: ModelSettings, tmp_path: Path, on_ray: dict[str, Any]
) -> None:
    long = {"epochs": 40, "learning_rate": 1e-4, "save_steps": 4}
    work = tmp_path / "killed"

    def kill() -> None:
        while max(map(checkpoint_step, work.glob("*/trainer/checkpoint-*")), default=0) < 8:
            time.sleep(0.01)
        team = [
            one for one in psutil.process_iter(["cmdline"]) if "RayTrainWorker" in str(one.info["cmdline"])
        ]
        team[0].kill()

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    with pytest.raises(
        LbtError, match=r"Process [01] of the 2 that train together \(0 to 1\) died\."
    ) as error:
        dpo(work, 27, teacher, **long, processes=2, **on_ray)
    killer.join()
    assert "Run the same command again: the training continues from its last whole checkpoint." in str(
        error.value
    )
    resumed = dpo(work, 27, teacher, **long)
    assert 0 < resumed[2]["training.resumed_step"] < resumed[2]["training.steps"]
    assert_same(resumed, dpo(tmp_path / "whole", 27, teacher, **long), teacher.path)


def test_a_machine_that_does_not_see_the_data_folder_is_named(tmp_path: Path) -> None:
    from lbt.training import on_ray as module

    nowhere = tmp_path / "not there"
    with pytest.raises(LbtError, match=rf"The machine [\d.]+ does not see {nowhere}: .*\(LBT_DATA\) must be"):
        module._take_part({"folder": str(nowhere), "gpus": False})


def test_an_address_without_a_cluster_is_named(teacher: ModelSettings, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no Ray cluster at the address 127\.0\.0\.1:1 "):
        dpo(tmp_path, 27, teacher, processes=2, launcher="ray", ray_address="127.0.0.1:1")
