"""Promises of a training whose processes Ray Train starts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.generation.engines.test_ray import ENVIRONMENT, Machines

from lbt.errors import LbtError, ModelError
from lbt.generation import ModelSettings

from .test_processes import assert_same, dpo

pytestmark = [
    pytest.mark.slow,
    pytest.mark.ray,
    pytest.mark.filterwarnings("ignore::DeprecationWarning:ray.data.context"),  # ray.data of itself
]


@pytest.fixture
def machines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Machines]:
    import ray

    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    started = Machines()
    try:
        yield started
    finally:
        ray.shutdown()
        started.shutdown()


def test_ray_trains_the_model_of_one_process_and_names_a_cluster_that_is_too_small(
    teacher: ModelSettings, tmp_path: Path, machines: Machines, capfd: pytest.CaptureFixture[str]
) -> None:
    on_ray = {"launcher": "ray", "ray_address": machines.address}
    with pytest.raises(LbtError, match=r"training\.processes is 4, each takes one CPU, .* has 3: "):
        dpo(tmp_path / "small", 27, teacher, processes=4, **on_ray)
    together = dpo(tmp_path / "ray", 27, teacher, processes=2, **on_ray)
    said = capfd.readouterr()
    assert_same(together, dpo(tmp_path / "alone", 27, teacher), teacher.path)
    assert "training" in said.err  # its progress
    assert "ray" not in (said.out + said.err).lower()
    [folder] = (tmp_path / "ray").iterdir()
    assert sorted(path.name for path in folder.iterdir()) == ["complete.json", "model"]


def test_an_address_without_a_cluster_is_named(teacher: ModelSettings, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no Ray cluster at the address 127\.0\.0\.1:1 "):
        dpo(tmp_path, 27, teacher, processes=2, launcher="ray", ray_address="127.0.0.1:1")
