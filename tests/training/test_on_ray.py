"""Promises of a training whose processes Ray Train starts."""

from pathlib import Path

import pytest

from lbt.errors import LbtError
from lbt.generation import ModelSettings

from .test_processes import assert_same, dpo

pytest.importorskip("ray", reason="Ray is not installed")
pytestmark = pytest.mark.slow


def test_ray_trains_the_model_of_one_process_and_names_a_cluster_that_is_too_small(
    teacher: ModelSettings, tmp_path: Path
) -> None:
    import ray

    ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False)
    try:
        with pytest.raises(LbtError, match=r"The Ray cluster has 2 CPUs, and training\.processes is 4"):
            dpo(tmp_path / "small", 27, teacher, processes=4, launcher="ray")
        together = dpo(tmp_path / "ray", 27, teacher, processes=2, launcher="ray")
    finally:
        ray.shutdown()
    assert_same(together, dpo(tmp_path / "alone", 27, teacher), teacher.path)


def test_an_address_without_a_cluster_is_named(teacher: ModelSettings, tmp_path: Path) -> None:
    with pytest.raises(LbtError, match=r"no Ray cluster at 127\.0\.0\.1:1 \(training\.ray_address\)"):
        dpo(tmp_path, 27, teacher, processes=2, launcher="ray", ray_address="127.0.0.1:1")
