"""Grade many answers as tasks on a Ray cluster."""

from collections.abc import Iterator, Sequence
from typing import Any

from lbt.cluster import connect, machines
from lbt.errors import LbtError
from lbt.grading.domains import domain_named
from lbt.grading.settings import GradingClusterSettings, GradingSettings
from lbt.grading.verdicts import Attempt, Graded

_TASKS_A_CPU = 2
"""That run or wait: enough that no CPU idles, few enough that memory stays small."""


def grade_on_cluster(name: str, settings: GradingSettings, attempts: Sequence[Attempt]) -> list[Graded]:
    """The verdicts, in the order of the attempts.

    A task that is lost with its machine is done again by Ray.

    Args:
        name: Of the domain.
        settings: How it grades, and on which cluster.
        attempts: What to grade.

    Raises:
        LbtError: There is no such cluster, or a task failed.
    """
    cluster = settings.cluster
    assert cluster is not None, "who calls this has asked"
    connect(cluster.address, "grading", ship_code=cluster.ship_code)
    import ray
    from ray.exceptions import RayError

    task = ray.remote(_grade).options(num_cpus=cluster.cpus, max_retries=3)
    here = settings.model_copy(update={"cluster": None, "workers": max(1, int(cluster.cpus))})
    most = max(1, int(_TASKS_A_CPU * _cpus() / cluster.cpus))
    found: dict[int, list[Graded]] = {}
    running: dict[Any, int] = {}
    try:
        for number, some in enumerate(_parts(attempts, cluster)):
            running[task.remote(name, here, some)] = number
            if len(running) >= most:
                _collect(ray, running, found)
        while running:
            _collect(ray, running, found)
    except RayError as error:
        raise LbtError(
            f"Grading on the Ray cluster failed: {str(error).strip().splitlines()[-1]}. Run the same "
            "command again, or set grading.cluster: null to grade on this machine."
        ) from error
    return [verdict for number in sorted(found) for verdict in found[number]]


def _grade(name: str, settings: GradingSettings, attempts: list[Attempt]) -> list[Graded]:
    return domain_named(name, settings).grade(attempts)


def _parts(attempts: Sequence[Attempt], cluster: GradingClusterSettings) -> Iterator[list[Attempt]]:
    for start in range(0, len(attempts), cluster.attempts):
        yield list(attempts[start : start + cluster.attempts])


def _collect(ray: Any, running: dict[Any, int], found: dict[int, list[Graded]]) -> None:
    [done], _ = ray.wait(list(running), num_returns=1)
    found[running.pop(done)] = ray.get(done)


def _cpus() -> float:
    return sum(machine.has.get("CPU", 0.0) for machine in machines())
