"""The engine that gets its answers from actors on a Ray cluster."""

import logging
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lbt.cluster import connect, describe, machines
from lbt.generation.engines.engine import Generated, Prompt
from lbt.generation.engines.ray.driver import Driver
from lbt.generation.engines.ray.worker import Opener, order_for
from lbt.generation.identity import ModelIdentity
from lbt.generation.settings import ModelSettings, RaySettings

if TYPE_CHECKING:
    from lbt.generation.engines.ray.crew import RayCrew

log = logging.getLogger(__name__)


def open_on_ray(model: ModelSettings, identity: ModelIdentity, opener: Opener) -> "RayEngine":
    """The engine of a model whose engine is ray.

    Args:
        model: The model.
        identity: The model, as `identify_model` found it.
        opener: Opens the engine in an actor.

    Raises:
        ModelError: Ray is not installed; the cluster is not there, too small or of another version; or no
            actor can open the model.
    """
    settings = model.ray or RaySettings()
    connect(settings.address, identity.name, ship_code=settings.ship_code, dashboard=settings.dashboard)
    from lbt.generation.engines.ray.crew import RayCrew

    wanted = needs(model, settings, any(machine.has.get("GPU") for machine in machines()))
    fewest, most = settings.actors or (1, None)
    crew = RayCrew(order_for(model, identity, opener), wanted, fewest, most, settings.wait_s)
    log.info("%s: Ray places %d actors, each with %s", identity.name, crew.size, describe(wanted))
    return RayEngine(crew, settings, identity.name)


def needs(model: ModelSettings, settings: RaySettings, gpus_there: bool) -> dict[str, float]:
    """What an actor takes, by Ray's names.

    Args:
        model: What it runs.
        settings: What is said of it; its GPUs may be left open.
        gpus_there: Whether the cluster has any.
    """
    gpus = settings.gpus
    if gpus is None:
        one_copy = model.vllm.tensor_parallel_size if settings.engine == "vllm" and model.vllm else 1
        gpus = one_copy if gpus_there and settings.engine != "scripted" else 0
    return {"CPU": settings.cpus, "GPU": gpus} | dict(settings.resources)


class RayEngine:
    """Copies of a model, each in an actor with an engine of its own; they answer what they have got.

    What an actor had not answered when it died is asked again elsewhere. A prompt that brings down one actor
    after the other fails alone (see `Work`).

    Args:
        crew: Its actors.
        settings: How much each is given.
        name: The model, for messages.

    Raises:
        ModelError: No actor can open the model.
    """

    def __init__(self, crew: "RayCrew", settings: RaySettings, name: str) -> None:
        self.name: str = settings.engine
        self._crew = crew
        fewest = settings.actors[0] if settings.actors else 1
        try:
            self._driver = Driver(crew, name, settings.prompts, settings.ahead, settings.tries, fewest)
            self._driver.wait_until_ready()
        except BaseException:
            crew.close()
            raise
        self.version = self._driver.version

    @property
    def state(self) -> str:
        """As `Pooled.state`."""
        return f"{self._driver.ready} of {self._driver.size} actors"

    def generate(self, prompts: Iterable[Prompt]) -> Iterator[Generated]:
        """Yield the samples of all prompts as they come, in any order."""
        return self._driver.generate(prompts)

    def close(self) -> None:
        """End the actors and free their memory; the cluster stays until the process ends."""
        self._crew.close()
