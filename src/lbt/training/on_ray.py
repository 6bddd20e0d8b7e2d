"""Start the processes of one training with Ray Train. Imports ray: import this module inside functions."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path
from typing import Any

import ray
from ray.exceptions import RayActorError
from ray.train import FailureConfig, RunConfig, ScalingConfig, get_context
from ray.train.torch import TorchConfig, TorchTrainer
from ray.train.v2.api.exceptions import TrainingFailedError, WorkerGroupError

from lbt.cluster import describe_machines, machines
from lbt.errors import LbtError
from lbt.training.hand_over import ended, last_lines, terminal_of
from lbt.training.job import Training
from lbt.training.settings import OptimisationSettings
from lbt.training.worker import take_part

log = logging.getLogger(__name__)

_LONG_S = 24 * 3600
"""A process may wait that long for another: that one has died is noticed by Ray."""
_LOOK_S = 0.5
_VARIABLES = {
    # Ray's own print would not be caught by dill, which prints what it looks through.
    "RAY_TRAIN_ENABLE_PRINT_PATCH": "0",
    "RAY_TRAIN_WORKER_GROUP_START_TIMEOUT_S": "600",
}


def train_on_ray(folder: Path, training: Training[OptimisationSettings]) -> None:
    """Let Ray Train's workers take part in the training of `folder`, which all of them must see.

    This process is connected to the cluster (`lbt.cluster.connect`).

    Raises:
        LbtError: The cluster is too small, its machines do not see the folder, or a process ended.
    """
    settings = training.settings
    gpus = training.model.device != "cpu" and ray.cluster_resources().get("GPU", 0) > 0
    _refuse_too_few("GPU" if gpus else "CPU", training)
    os.environ.update({name: value for name, value in _VARIABLES.items() if name not in os.environ})
    count = f"{settings.processes} processes" if settings.processes > 1 else "one process"
    log.info("%s: Ray Train places %s", training.name, count)
    trainer = TorchTrainer(
        _take_part,
        train_loop_config={"folder": str(folder.resolve()), "gpus": gpus},
        scaling_config=ScalingConfig(num_workers=settings.processes, use_gpu=gpus),
        torch_config=TorchConfig(backend="nccl" if gpus else "gloo", timeout_s=_LONG_S),
        run_config=RunConfig(
            name="training",
            storage_path=str((folder / "ray").resolve()),
            failure_config=FailureConfig(max_failures=0),
        ),
    )
    try:
        with _shown(terminal_of(0, folder)):
            trainer.fit()
    except WorkerGroupError as error:
        raise _told(error.worker_failures, settings.processes) from None
    except TrainingFailedError as error:
        raise LbtError(f"{training.name}: Ray Train could not start the training: {error}") from error


def _take_part(config: dict[str, Any]) -> None:
    """What each worker does; what the first one writes is shown by the run."""
    folder = Path(config["folder"])
    if not folder.is_dir():
        raise LbtError(
            f"The machine {ray.util.get_node_ip_address()} does not see {folder}: for training on a cluster, "
            "the data folder (LBT_DATA) must be on a file system that all machines share."
        )
    if not config["gpus"]:
        import torch

        torch.set_num_threads(1)  # it has one CPU, whatever the machine has
    file = terminal_of(get_context().get_world_rank(), folder)
    with file.open("w", encoding="utf-8", buffering=1) as terminal, redirect_stderr(terminal):
        take_part(folder)


@contextmanager
def _shown(file: Path) -> Iterator[None]:
    """Show on this terminal what is written to the file in the meantime: the progress."""
    over = threading.Event()

    def show() -> None:
        place = 0
        last = False
        while not last:
            last = over.wait(_LOOK_S)
            if file.is_file():
                with file.open(encoding="utf-8", errors="replace", newline="") as written:
                    written.seek(place)
                    sys.stderr.write(written.read())
                    sys.stderr.flush()
                    place = written.tell()

    thread = threading.Thread(target=show, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _refuse_too_few(kind: str, training: Training[OptimisationSettings]) -> None:
    """Ray would wait for more machines for ever."""
    there = int(ray.cluster_resources().get(kind, 0))
    if there < training.settings.processes:
        raise LbtError(
            f"{training.parameters}.processes is {training.settings.processes}, each takes one {kind}, and "
            f"the Ray cluster has {there}: {describe_machines(machines())}. Lower it, or add machines."
        )


def _told(failures: dict[int, Exception], processes: int) -> LbtError:
    """The failure that the others follow from: a process that died, an error of ours, or the first."""
    raised: dict[int, Any] = {
        rank: getattr(failure, "_base_exc", failure) for rank, failure in failures.items()
    }
    died = [
        rank
        for rank, failure in raised.items()
        if isinstance(getattr(failure, "health_check_failure", failure), RayActorError)
    ]
    ours = [failure for failure in raised.values() if isinstance(failure, LbtError)]
    if ours and not died:
        return ours[0]
    rank = min(died or raised)
    return ended(rank, processes, "died" if died else "failed", last_lines(str(failures[rank])))
