"""A connection to a Ray cluster, and how many actors it has room for."""

import logging
import os
import socket
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ray
from ray._private import worker as ray_worker

import lbt
from lbt.errors import ModelError
from lbt.generation.settings import ModelSettings, RaySettings

log = logging.getLogger(__name__)

_OBJECT_STORE_BYTES = 200_000_000
"""Of a cluster on this machine: prompts and texts are small, and gone as soon as they are read."""
_REACH_S = 5.0
_lock = threading.Lock()
_VARIABLES = {
    "RAY_USAGE_STATS_ENABLED": "0",  # no telemetry
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # no advice on every start
}


def connect(settings: RaySettings, name: str) -> None:
    """Join the cluster of the settings, once for all models of this process; Ray leaves it at its end.

    A process that already is in a cluster, as in a notebook, stays in that one.

    Args:
        settings: Which cluster.
        name: The model, for messages.

    Raises:
        ModelError: There is no cluster at the address, or it is of another version.
    """
    with _lock:
        if ray.is_initialized():
            return
        os.environ.update({key: value for key, value in _VARIABLES.items() if key not in os.environ})
        if settings.address is not None and settings.address != "auto":
            _reach(settings.address, name)
        try:
            context = _start(_options(settings))
        except ConnectionError as error:
            raise ModelError(
                f"{name}: there is no Ray cluster at ray.address {settings.address} ({_first_line(error)}). "
                "Start one with `ray start --head`, correct the address, or leave it out for a cluster on this "
                "machine."
            ) from error
        except Exception as error:  # Ray raises all kinds, plain ones too
            raise _refused(settings, name, error) from error
        _keep_off_the_terminal()
        dashboard = getattr(context, "dashboard_url", "")
        log.info("%s: Ray runs%s", name, f", with its dashboard at http://{dashboard}" if dashboard else "")


def _start(options: dict[str, Any]) -> Any:
    try:
        return ray.init(log_to_driver=False, logging_level=logging.ERROR, **options)
    except Exception as error:
        if "timed out during startup" not in str(error):
            raise
        ray.shutdown()  # on a busy machine Ray's half minute may be too short, and is always the same
        return ray.init(log_to_driver=False, logging_level=logging.ERROR, **options)


def _options(settings: RaySettings) -> dict[str, Any]:
    if settings.address is None:
        # "local" even where RAY_ADDRESS names a cluster that another program wants.
        return {
            "address": "local",
            "include_dashboard": settings.dashboard,
            "object_store_memory": _OBJECT_STORE_BYTES,
        }
    code = [str(Path(lbt.__file__).parent)] if settings.ship_code else []
    return {"address": settings.address, "runtime_env": {"py_modules": code} if code else {}}


def _reach(address: str, name: str) -> None:
    """Raise ModelError if nothing answers there: Ray itself would try for a minute."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    try:
        socket.create_connection((host, int(port)), _REACH_S).close()
    except (OSError, OverflowError) as error:
        raise ModelError(
            f"{name}: there is no Ray cluster at ray.address {address} ({error}). Start one with "
            "`ray start --head`, correct the address (ray:// has port 10001 by default, other programs 6379), "
            "or open a way through the firewall."
        ) from error


def _refused(settings: RaySettings, name: str, error: Exception) -> ModelError:
    if "ersion mismatch" in str(error) or "different Python version" in str(error):
        python = ".".join(map(str, sys.version_info[:3]))
        return ModelError(
            f"{name}: the Ray cluster at {settings.address} has another version of Ray or Python than this "
            f"process, which has Ray {ray.__version__} and Python {python}: {_said(error)}. Install the same "
            f"versions on both sides, such as with `pip install ray=={ray.__version__}` there."
        )
    return ModelError(f"{name}: Ray cannot be started ({settings.address or 'here'}): {_said(error)}.")


def _said(error: BaseException) -> str:
    return " ".join(str(error).split()).rstrip(".")


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")


def _keep_off_the_terminal() -> None:
    """Log what Ray tells of dead workers and machines, which the driver sees to, for those who look for it.

    Ray prints it whatever `log_to_driver` says, some dozens of lines for each, and has no setting for it.
    """

    def tell(data: Mapping[str, Any], ignore_prefix: bool) -> None:
        log.debug("Ray: %s", "\n".join(map(str, data["lines"])))

    ray_worker.print_to_stdstream = tell


def needs(model: ModelSettings, settings: RaySettings) -> dict[str, float]:
    """What an actor takes, by Ray's names; connect first."""
    gpus = settings.gpus
    if gpus is None:
        has_gpus = any(node["Resources"].get("GPU") for node in ray.nodes() if node["Alive"])
        copies = model.vllm.tensor_parallel_size if settings.engine == "vllm" and model.vllm else 1
        gpus = copies if has_gpus and settings.engine != "scripted" else 0
    return {"CPU": settings.cpus, "GPU": gpus} | dict(settings.resources)


def room_for(wanted: Mapping[str, float]) -> int:
    """Actors that the cluster's machines could hold if nothing else ran there; one never spans machines."""
    return sum(
        min(int(node["Resources"].get(name, 0) / amount) for name, amount in wanted.items() if amount)
        for node in ray.nodes()
        if node["Alive"]
    )


def describe_machines() -> str:
    """What each machine has, of what actors can take."""
    machines = []
    for node in ray.nodes():
        if node["Alive"]:
            shown = {
                name: amount
                for name, amount in sorted(node["Resources"].items())
                if not name.startswith("node:") and name not in ("memory", "object_store_memory")
            }
            machines.append(f"{node['NodeManagerHostname']} has {describe(shown)}")
    return "; ".join(machines) or "no machine is there"


def describe(resources: Mapping[str, float]) -> str:
    """Such as "4 CPU and 1 GPU"."""
    return " and ".join(f"{amount:g} {name}" for name, amount in resources.items() if amount) or "nothing"
