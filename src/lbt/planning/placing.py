"""Where the models of a run would be, and what that takes in hours and money."""

import os
from collections.abc import Iterable, Mapping
from typing import Any

from lbt.cluster import Machine, connect, describe, describe_machines, machines
from lbt.errors import ModelError
from lbt.generation import ModelSettings, RaySettings
from lbt.generation.engines.ray.engine import needs
from lbt.planning.counting import Load

Placement = dict[str, Any]
"""model, copies, gpus (of all copies), where (by machine), and a fault in words or None."""


def place_models(models: Mapping[str, ModelSettings]) -> list[Placement]:
    """Where each model would be; a running cluster is asked what it has, and nothing is started there.

    Args:
        models: By name.
    """
    return [_place(name, model) for name, model in models.items()]


def _place(name: str, model: ModelSettings) -> Placement:
    if model.engine == "ray":
        return _on_cluster(name, model, model.ray or RaySettings())
    copies, gpus, where = 1, 0, {"this machine": 1}
    if model.engine == "openai" and model.server is not None:
        copies, where = len(model.server.endpoints), dict.fromkeys(model.server.endpoints, 1)
    elif model.engine == "vllm":
        gpus = model.vllm.tensor_parallel_size if model.vllm else 1
    return {"model": name, "copies": copies, "gpus": gpus, "where": where, "fault": None}


def _on_cluster(name: str, model: ModelSettings, settings: RaySettings) -> Placement:
    try:
        there = _machines(name, settings)
    except ModelError as error:
        return {"model": name, "copies": 0, "gpus": 0, "where": {}, "fault": str(error)}
    wanted = needs(model, settings, any(machine.has.get("GPU") for machine in there))
    fewest, most = settings.actors or (1, None)
    where: dict[str, int] = {}
    left = sum(machine.room_for(wanted) for machine in there) if most is None else most
    for machine in there:
        if count := min(left, machine.room_for(wanted)):
            where[machine.name] = where.get(machine.name, 0) + count
            left -= count
    copies = sum(where.values())
    fault = None
    if copies < fewest:
        fault = (
            f"{name}: ray.actors asks for at least {fewest} with {describe(wanted)} each, and there is room "
            f"for {copies}: {describe_machines(there)}"
        )
    return {"model": name, "copies": copies, "gpus": copies * wanted["GPU"], "where": where, "fault": fault}


def _machines(name: str, settings: RaySettings) -> list[Machine]:
    if settings.address is None:  # the cluster that a run would start, without starting it
        return [Machine("this machine", {"CPU": float(os.cpu_count() or 1)})]
    connect(settings.address, name, ship_code=False)
    return machines()


def cost_of(
    loads: Iterable[Load], placements: Iterable[Placement], tokens_per_s: float, price: float | None
) -> dict[str, Any]:
    """Hours of each stage if every answer is as long as it may be, and what its GPUs cost.

    Args:
        loads: What is asked.
        placements: Of all models.
        tokens_per_s: What one copy of a model generates.
        price: Of one GPU for an hour; None if it is not known.

    Returns:
        hours (by stage), gpu_hours, and cost, which is None without a price. Stages of models that cannot be
        placed are left out.
    """
    placed = {one["model"]: one for one in placements}
    hours: dict[str, float] = {}
    gpu_hours = 0.0
    for load in loads:
        copies = placed[load.model]["copies"] if load.model in placed else 1
        if not copies:
            continue
        taken = load.tokens / (tokens_per_s * copies) / 3600
        hours[load.stage] = round(hours.get(load.stage, 0.0) + taken, 4)
        gpu_hours += taken * (placed[load.model]["gpus"] if load.model in placed else 0)
    cost = None if price is None else round(gpu_hours * price, 2)
    return {"hours": hours, "gpu_hours": round(gpu_hours, 4), "cost": cost}
