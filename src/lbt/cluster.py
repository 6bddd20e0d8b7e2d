"""A connection to a Ray cluster, and what its machines have room for.

Nothing here imports Ray before it is asked to.
"""

import logging
import os
import socket
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

import lbt
from lbt.errors import ModelError

log = logging.getLogger(__name__)

_OBJECT_STORE_BYTES = 200_000_000
"""Of a cluster on this machine: prompts and texts are small, and gone as soon as they are read."""
_REACH_S = 5.0
_PASSING = ("timed out during startup", "Initialization failure from server")
"""What Ray says where a start, here or behind ray://, took longer than it waits, which is always the same:
only another try helps on a busy machine, or just after the cluster began."""
_lock = threading.Lock()
_VARIABLES = {
    "RAY_USAGE_STATS_ENABLED": "0",  # no telemetry
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # no advice on every start
}


Address = Annotated[str, Field(pattern=r"^(auto|(ray://)?[^/\s:]+:\d+)$")]
"""Of a cluster: host:port or ray://host:port, or auto for the one that this machine is in."""


@dataclass(frozen=True)
class Machine:
    """A machine of a cluster."""

    name: str
    has: dict[str, float]
    """By Ray's names, such as CPU and GPU, and those that it was started with; memory left out."""

    def room_for(self, wanted: Mapping[str, float]) -> int:
        """How many could run here, each taking this much, if nothing else ran."""
        return min(int(self.has.get(name, 0) / amount) for name, amount in wanted.items() if amount)


def connect(address: str | None, name: str, *, ship_code: bool = True, dashboard: bool = False) -> None:
    """Join a cluster, once for all that this process wants from it; Ray leaves it when the process ends.

    A process that already is in a cluster, as in a notebook, stays in that one.

    Args:
        address: host:port, ray://host:port or auto; None for a cluster on this machine alone.
        name: What wants it, for messages.
        ship_code: Whether the cluster is sent this program's code.
        dashboard: Whether a cluster on this machine gets Ray's dashboard.

    Raises:
        ModelError: Ray is not installed, there is no cluster at the address, or it is of another version.
    """
    if find_spec("ray") is None:
        raise ModelError(
            f"{name}: this needs the package ray, which is not installed. Run `make ray`, or do without a "
            "cluster (engine transformers or vllm, grading.cluster null)."
        )
    import ray

    with _lock:
        if ray.is_initialized():
            return
        os.environ.update({key: value for key, value in _VARIABLES.items() if key not in os.environ})
        if address is not None and address != "auto":
            _reach(address, name)
        try:
            context = _start(_options(address, ship_code, dashboard))
        except ConnectionError as error:
            raise _not_joined(address, name, error) from error
        except Exception as error:  # Ray raises all kinds, plain ones too
            raise _refused(address, name, error) from error
        _keep_off_the_terminal()
        url = getattr(context, "dashboard_url", "")
        log.info("%s: Ray runs%s", name, f", with its dashboard at http://{url}" if url else "")


def machines() -> list[Machine]:
    """Those of the cluster that this process is connected to, which are alive."""
    import ray

    return [
        Machine(
            node["NodeManagerHostname"],
            {
                resource: amount
                for resource, amount in sorted(node["Resources"].items())
                if not resource.startswith("node:") and resource not in ("memory", "object_store_memory")
            },
        )
        for node in ray.nodes()
        if node["Alive"]
    ]


def describe(resources: Mapping[str, float]) -> str:
    """Such as "4 CPU and 1 GPU"."""
    return " and ".join(f"{amount:g} {name}" for name, amount in resources.items() if amount) or "nothing"


def describe_machines(there: Sequence[Machine]) -> str:
    """Such as "node1 has 4 CPU; node2 has 4 CPU and 1 GPU"."""
    return "; ".join(f"{one.name} has {describe(one.has)}" for one in there) or "no machine is there"


def _start(options: dict[str, Any]) -> Any:
    import ray

    try:
        return ray.init(log_to_driver=False, logging_level=logging.ERROR, **options)
    except Exception as error:
        if not any(passing in str(error) for passing in _PASSING):
            raise
        ray.shutdown()
        return ray.init(log_to_driver=False, logging_level=logging.ERROR, **options)


def _options(address: str | None, ship_code: bool, dashboard: bool) -> dict[str, Any]:
    if address is None:
        # "local" even where RAY_ADDRESS names a cluster that another program wants.
        return {
            "address": "local",
            "include_dashboard": dashboard,
            "object_store_memory": _OBJECT_STORE_BYTES,
        }
    code = {"py_modules": [str(Path(lbt.__file__).parent)]} if ship_code else {}
    return {"address": address, "runtime_env": code}


def _reach(address: str, name: str) -> None:
    """Raise ModelError if nothing answers there: Ray itself would try for a minute."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    try:
        socket.create_connection((host, int(port)), _REACH_S).close()
    except (OSError, OverflowError) as error:
        raise ModelError(
            f"{name}: there is no Ray cluster at the address {address} ({error}). Start one with "
            "`ray start --head`, correct the address (its port is 6379 by default, with ray:// 10001), or "
            "open the port in the firewall."
        ) from error


def _not_joined(address: str | None, name: str, error: Exception) -> ModelError:
    return ModelError(
        f"{name}: no Ray cluster can be joined at the address {address} ({_briefly(error)}). It may ask for "
        "a token: set RAY_AUTH_MODE=token and copy ~/.ray/auth_token from its head. If there is no cluster "
        "there, start one with `ray start --head`, correct the address, or leave it out for a cluster on "
        "this machine."
    )


def _refused(address: str | None, name: str, error: Exception) -> ModelError:
    if "ersion mismatch" in str(error) or "different Python version" in str(error):
        import ray

        python = ".".join(map(str, sys.version_info[:3]))
        return ModelError(
            f"{name}: the Ray cluster at {address} has another version of Ray or Python than this "
            f"process, which has Ray {ray.__version__} and Python {python}: {_said(error)}. Install the same "
            f"versions on both sides, such as with `pip install ray=={ray.__version__}` there."
        )
    return ModelError(f"{name}: Ray cannot be started ({address or 'here'}): {_said(error)}.")


def _said(error: BaseException) -> str:
    return " ".join(str(error).split()).rstrip(".")


def _briefly(error: BaseException) -> str:
    """Without the traceback of another process that Ray puts between what happened and why."""
    first, *rest = str(error).strip().splitlines() or [""]
    return " ".join([first, *rest[-1:]]).strip().rstrip(".")


def _keep_off_the_terminal() -> None:
    """Log what Ray tells of dead workers and machines, which the driver sees to, for those who look for it.

    Ray prints it whatever `log_to_driver` says, some dozens of lines for each, and has no setting for it.
    """

    from ray._private import worker

    def tell(data: Mapping[str, Any], ignore_prefix: bool) -> None:
        log.debug("Ray: %s", "\n".join(map(str, data["lines"])))

    worker.print_to_stdstream = tell
