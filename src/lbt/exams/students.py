"""Students one after the other, or side by side where each has a server of its own or room on a cluster."""

from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from threading import Event
from typing import TypeVar

from lbt.generation import ModelSettings

Result = TypeVar("Result")
Sit = Callable[[str, ModelSettings, Event], Result]


def for_each_student(students: Mapping[str, ModelSettings], sit: Sit[Result]) -> list[Result]:
    """What `sit` gives for every student, in their order.

    A model in this process or on this machine's GPU is used alone. Servers that belong to one student only
    work at the same time, and so do actors on a cluster whose students all say `side_by_side`; if one
    student's exams fail, or on Ctrl-C, those of the others are stopped.

    Args:
        students: By name.
        sit: Takes the student's name and model, and an event that says when to stop.
    """
    if not (_have_own_servers(students) or _share_a_cluster(students)):
        return [sit(name, student, Event()) for name, student in students.items()]
    stopping = Event()
    with ThreadPoolExecutor(len(students), thread_name_prefix="student") as pool:
        futures = [pool.submit(sit, name, student, stopping) for name, student in students.items()]
        try:
            done, _ = wait(futures, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
        except BaseException:
            stopping.set()
            raise
    return [future.result() for future in futures]


def _have_own_servers(students: Mapping[str, ModelSettings]) -> bool:
    endpoints: list[str] = []
    for student in students.values():
        if student.engine != "openai" or student.server is None:
            return False
        endpoints += student.server.endpoints
    return len(students) > 1 and len(set(endpoints)) == len(endpoints)


def _share_a_cluster(students: Mapping[str, ModelSettings]) -> bool:
    return len(students) > 1 and all(
        student.engine == "ray" and student.ray is not None and student.ray.side_by_side
        for student in students.values()
    )
