"""Actors on a Ray cluster."""

import logging
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import ray
from ray.exceptions import (
    ActorDiedError,
    GetTimeoutError,
    NodeDiedError,
    OutOfMemoryError,
    RayError,
    RayTaskError,
)

from lbt.cluster import describe, describe_machines, machines
from lbt.errors import ModelError
from lbt.generation.engines.engine import Prompt
from lbt.generation.engines.ray.driver import Died
from lbt.generation.engines.ray.worker import Opened, Order, Reply, Worker

log = logging.getLogger(__name__)

_CLOSE_S = 20.0
_LONGEST_REASON = 300


class RayCrew:
    """Actors that each hold an engine.

    A dead actor is replaced by a new one rather than restarted by Ray: only of an actor that stays dead does
    Ray tell why it died.

    Args:
        order: The model that they open.
        wanted: What one takes, by Ray's names.
        fewest: Actors that there must be.
        most: Actors that there may be; None for as many as there is room for.
        wait_s: How long too small a cluster may stay so.

    Raises:
        ModelError: The cluster is too small and stays so.
    """

    def __init__(
        self, order: Order, wanted: dict[str, float], fewest: int, most: int | None, wait_s: float
    ) -> None:
        self._order = order
        self._wanted = wanted
        self._fewest = fewest
        self._wait_s = wait_s
        self._too_small_since: float | None = None
        self._actors: dict[int, Any] = {}
        self._actor = ray.remote(Worker).options(
            num_cpus=wanted["CPU"],
            num_gpus=wanted["GPU"],
            resources={name: amount for name, amount in wanted.items() if name not in ("CPU", "GPU")},
            max_restarts=0,
            max_task_retries=0,
        )
        while _room_for(wanted) < fewest:
            self.check_room()
            time.sleep(0.5)
        self.size = _room_for(wanted) if most is None else most

    def start(self, number: int) -> Any:
        """As `Crew.start`."""
        self._actors[number] = self._actor.remote(self._order)
        return self._actors[number].open.remote()

    def exchange(self, number: int, prompts: list[Prompt], linger: float) -> Any:
        """As `Crew.exchange`."""
        return self._actors[number].exchange.remote(prompts, linger)

    def wait(self, calls: Sequence[Any], seconds: float) -> Sequence[Any]:
        """As `Crew.wait`."""
        ended, others = ray.wait(list(calls), num_returns=1, timeout=seconds)
        if ended and others:
            ended += ray.wait(others, num_returns=len(others), timeout=0)[0]
        return list(ended)

    def result(self, call: Any) -> Opened | Reply:
        """As `Crew.result`."""
        try:
            result: Opened | Reply = ray.get(call)
            return result
        except RayTaskError as error:
            raise Died(_short(str(error.cause))) from error
        except ActorDiedError as error:
            if "creation task" in str(error):
                raise self._cannot_begin(error) from error
            raise Died(_reason(error), "node has died" in str(error) or "node was" in str(error)) from error
        except NodeDiedError as error:
            raise Died("its machine is gone", blameless=True) from error
        except RayError as error:
            raise Died(_reason(error)) from error

    def dismiss(self, number: int) -> None:
        """As `Crew.dismiss`."""
        ray.kill(self._actors.pop(number))

    def check_room(self) -> None:
        """As `Crew.check_room`."""
        if (room := _room_for(self._wanted)) >= self._fewest:
            self._too_small_since = None
            return
        now = time.monotonic()
        if self._too_small_since is None:
            self._too_small_since = now
            if self._wait_s:
                log.warning(
                    "%s: the cluster has room for %d actors, but at least %d are needed; waiting %g s",
                    self._order.identity.name,
                    room,
                    self._fewest,
                    self._wait_s,
                )
        if now - self._too_small_since >= self._wait_s:
            raise ModelError(
                f"{self._order.identity.name}: ray.actors asks for at least {self._fewest} with "
                f"{describe(self._wanted)} each, and the Ray cluster has room for {room}: "
                f"{describe_machines(machines())}. Ask for fewer actors or less for each (ray.actors, "
                "ray.cpus, ray.gpus, ray.resources), add machines, or raise ray.wait_s if some are still to "
                "come. What was answered is stored."
            )

    def close(self) -> None:
        """End all actors; the memory of their models is free when this returns, unless one hangs."""
        closing = [actor.close.remote() for actor in self._actors.values()]
        with suppress(RayError, GetTimeoutError):
            ray.wait(closing, num_returns=len(closing), timeout=_CLOSE_S)
        for actor in self._actors.values():
            ray.kill(actor)
        self._actors = {}

    def _cannot_begin(self, error: ActorDiedError) -> ModelError:
        return ModelError(
            f"{self._order.identity.name}: an actor could not start: {_short(str(error))}. The machines of "
            "the cluster need the same packages as this one: install the project there (`make ray`), or, "
            "where only its code is missing, set ray.ship_code: true."
        )


def _room_for(wanted: Mapping[str, float]) -> int:
    """Actors that the cluster could hold if nothing else ran there; one never spans machines."""
    return sum(machine.room_for(wanted) for machine in machines())


def _reason(error: RayError) -> str:
    if isinstance(error, OutOfMemoryError):
        return (
            "it was killed because its machine ran out of memory; give each actor a larger share of a "
            "machine (ray.cpus), ask for fewer actors (ray.actors), or set batch_size "
            f"({_short(str(error))})"
        )
    return _short(str(error))


def _short(text: str) -> str:
    """One line without what Ray knows of tasks and addresses."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_REASON else f"{line[:_LONGEST_REASON]} …"
