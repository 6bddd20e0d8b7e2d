"""Which students sit at the same time, and what ends them."""

from threading import Barrier, Event

import pytest

from lbt.exams import for_each_student
from lbt.generation import ModelSettings, RaySettings, ServerSettings


def served(*ports: int) -> ModelSettings:
    endpoints = tuple(f"http://127.0.0.1:{port}/v1" for port in ports)
    return ModelSettings(path="m", engine="openai", server=ServerSettings(endpoints=endpoints))


def on_ray(side_by_side: bool) -> ModelSettings:
    return ModelSettings(path="m", engine="ray", ray=RaySettings(actors=1, side_by_side=side_by_side))


@pytest.mark.parametrize("students", [(served(1), served(2, 3), served(4)), (on_ray(True),) * 3])
def test_students_with_servers_or_actors_of_their_own_sit_at_the_same_time(
    students: tuple[ModelSettings, ...],
) -> None:
    together = Barrier(3, timeout=10)

    def sit(name: str, student: ModelSettings, stopping: Event) -> str:
        together.wait()  # raises unless all three are here at once
        return name

    assert for_each_student(dict(zip("abc", students, strict=True)), sit) == ["a", "b", "c"]


@pytest.mark.parametrize(
    "students",
    [
        {"a": served(1), "b": served(1)},
        {"a": served(1, 2), "b": served(2)},
        {"a": served(1), "b": ModelSettings(path="m")},
        {"a": ModelSettings(path="m"), "b": ModelSettings(path="n", engine="vllm")},
        {"a": on_ray(True), "b": on_ray(False)},
        {"a": on_ray(True), "b": served(1)},
    ],
)
def test_students_that_share_a_server_or_run_here_sit_in_turn(students: dict[str, ModelSettings]) -> None:
    inside = 0

    def sit(name: str, student: ModelSettings, stopping: Event) -> str:
        nonlocal inside
        inside += 1
        assert inside == 1
        inside -= 1
        return name

    assert for_each_student(students, sit) == list(students)


def test_a_student_that_fails_stops_the_others_and_its_error_is_told() -> None:
    def sit(name: str, student: ModelSettings, stopping: Event) -> str:
        if name == "b":
            raise ValueError("b is ill")
        assert stopping.wait(10)
        raise KeyboardInterrupt

    with pytest.raises(ValueError, match="b is ill"):
        for_each_student({"a": served(1), "b": served(2)}, sit)
