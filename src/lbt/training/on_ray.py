"""Start the processes of one training with Ray Train. Imports ray: import this module inside functions."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ray
from ray.exceptions import RayActorError
from ray.train import FailureConfig, RunConfig, ScalingConfig
from ray.train.torch import TorchConfig, TorchTrainer
from ray.train.v2.api.exceptions import TrainingFailedError, WorkerGroupError

from lbt.errors import LbtError
from lbt.training.hand_over import ended, last_lines
from lbt.training.job import Training
from lbt.training.settings import OptimisationSettings
from lbt.training.worker import take_part

_REACH_S = 5.0
_LONG_S = 24 * 3600
"""A process may wait that long for another: that one has died is noticed by Ray."""


def run_on_ray(folder: Path, training: Training[OptimisationSettings]) -> None:
    """Let Ray Train's workers take part in the training of `folder`, which all of them must see.

    Raises:
        LbtError: There is no such cluster, it is too small, or a process ended.
    """
    settings = training.settings
    with _cluster(training):
        gpus = training.model.device != "cpu" and ray.cluster_resources().get("GPU", 0) > 0
        _refuse_too_few("GPU" if gpus else "CPU", training)
        trainer = TorchTrainer(
            _take_part,
            train_loop_config={"folder": str(folder.resolve())},
            scaling_config=ScalingConfig(num_workers=settings.processes, use_gpu=gpus),
            torch_config=TorchConfig(backend="nccl" if gpus else "gloo", timeout_s=_LONG_S),
            run_config=RunConfig(
                name="training",
                storage_path=str((folder / "ray").resolve()),
                failure_config=FailureConfig(max_failures=0),
            ),
        )
        try:
            trainer.fit()
        except WorkerGroupError as error:
            raise _told(error.worker_failures, settings.processes) from None
        except TrainingFailedError as error:
            raise LbtError(f"Ray Train could not start the training: {error}") from error


def _take_part(config: dict[str, str]) -> None:
    take_part(Path(config["folder"]))


@contextmanager
def _cluster(training: Training[OptimisationSettings]) -> Iterator[None]:
    """Connected to the cluster, unless this program already is."""
    if ray.is_initialized():
        yield
        return
    address = training.settings.ray_address
    if address not in (None, "auto"):
        _reach(address, training)
    try:
        ray.init(address=address or "local", include_dashboard=False if address is None else None)
    except ConnectionError as error:
        raise _no_cluster(address, training, error) from error
    try:
        yield
    finally:
        ray.shutdown()


def _reach(address: str, training: Training[OptimisationSettings]) -> None:
    """Raise LbtError if nothing answers there: Ray itself would try for a minute."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    try:
        socket.create_connection((host, int(port)), _REACH_S).close()
    except (OSError, OverflowError) as error:
        raise _no_cluster(address, training, error) from error


def _no_cluster(address: str | None, training: Training[OptimisationSettings], error: Exception) -> LbtError:
    return LbtError(
        f"There is no Ray cluster at {address} ({training.parameters}.ray_address): {error}. Start one with "
        "ray start --head, correct the address, or leave it out for one on this machine."
    )


def _refuse_too_few(kind: str, training: Training[OptimisationSettings]) -> None:
    """Ray would wait for more machines for ever."""
    there = int(ray.cluster_resources().get(kind, 0))
    if there < training.settings.processes:
        raise LbtError(
            f"The Ray cluster has {there} {kind}s, and {training.parameters}.processes is "
            f"{training.settings.processes}: each takes one. Lower it, or add machines to the cluster."
        )


def _told(failures: dict[int, Exception], processes: int) -> LbtError:
    """The failure that the others follow from: a process that died, an error of ours, or the first."""
    raised: dict[int, Any] = {
        rank: getattr(failure, "_base_exc", failure) for rank, failure in failures.items()
    }
    died = [rank for rank, failure in raised.items() if isinstance(failure, RayActorError)]
    ours = [failure for failure in raised.values() if isinstance(failure, LbtError)]
    if ours and not died:
        return ours[0]
    rank = min(died or raised)
    return ended(rank, processes, "died" if died else "failed", last_lines(str(failures[rank])))
