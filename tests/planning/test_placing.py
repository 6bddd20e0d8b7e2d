"""A dry run tells where models would be, and what that takes."""

import pytest
from tests.planning.test_plan import MODELS, SETTINGS, plan

from lbt.cluster import Machine
from lbt.generation import ModelSettings, ModelsSettings, RaySettings, VllmSettings
from lbt.planning import DryRunSettings, describe_plan, placing
from lbt.planning.counting import Load
from lbt.planning.placing import cost_of, place_models

CLUSTER = [Machine("head", {"CPU": 8.0}), *(Machine(f"gpu{n}", {"CPU": 32.0, "GPU": 8.0}) for n in range(2))]


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cluster that answers what it has."""
    monkeypatch.setattr(placing, "connect", lambda *_, **__: None)
    monkeypatch.setattr(placing, "machines", lambda: CLUSTER)


def on_ray(tensor_parallel_size: int = 1, **ray: object) -> ModelSettings:
    settings = RaySettings.model_validate({"engine": "vllm", "address": "head:6379", **ray})
    vllm = VllmSettings(tensor_parallel_size=tensor_parallel_size)
    return ModelSettings(path="m", engine="ray", ray=settings, vllm=vllm)


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize(
    ("model", "where", "gpus"),
    [
        (on_ray(), {"gpu0": 8, "gpu1": 8}, 16),
        (on_ray(actors=[2, 10]), {"gpu0": 8, "gpu1": 2}, 10),
        (on_ray(tensor_parallel_size=4), {"gpu0": 2, "gpu1": 2}, 16),
        (on_ray(gpus=0.5, cpus=4), {"gpu0": 8, "gpu1": 8}, 8),
    ],
)
def test_actors_are_placed_where_there_is_room(
    model: ModelSettings, where: dict[str, int], gpus: int
) -> None:
    [placed] = place_models({"teacher": model})
    assert (placed["where"], placed["gpus"], placed["fault"]) == (where, gpus, None)


@pytest.mark.usefixtures("cluster")
def test_what_has_no_room_is_a_warning_with_what_the_cluster_has() -> None:
    [placed] = place_models({"teacher": on_ray(tensor_parallel_size=16)})
    assert placed["copies"] == 0
    assert "at least 1 with 1 CPU and 16 GPU each, and there is room for 0" in placed["fault"]
    assert "gpu1 has 32 CPU and 8 GPU" in placed["fault"]


def test_hours_and_cost_are_those_of_the_copies() -> None:
    load = Load("teaching", "teacher", 36_000, 1, 1, 1, 100, 1)
    placed = [{"model": "teacher", "copies": 10, "gpus": 20.0, "where": {}, "fault": None}]
    assert cost_of([load], placed, tokens_per_s=100, price=3.0) == {
        "hours": {"teaching": 1.0},
        "gpu_hours": 20.0,
        "cost": 60.0,
    }


@pytest.mark.usefixtures("cluster")
def test_the_report_says_where_and_how_long_and_what_it_costs() -> None:
    ray = RaySettings(address="head:6379", gpus=1)
    teacher = MODELS.teacher.model_copy(update={"engine": "ray", "ray": ray})
    told = describe_plan(
        plan(
            models=ModelsSettings(teacher=teacher, students=MODELS.students),
            dry_run=DryRunSettings(jobs=("lbt_finetune",), tokens_per_s=1.0, price_per_gpu_hour=2.5),
        )
    )
    assert "Ray on head:6379, transformers in its actors" in told
    assert "teacher: 8 on gpu0, 8 on gpu1, 16 GPUs" in told
    assert "At dry_run.tokens_per_s, answers of the greatest length allowed take" in told
    assert "GPU-hours, which cost" in told


def test_a_cluster_that_is_not_there_is_a_warning_and_the_rest_is_planned() -> None:
    teacher = MODELS.teacher.model_copy(
        update={"engine": "ray", "ray": RaySettings(address="127.0.0.1:1", ship_code=False)}
    )
    planned = plan(models=ModelsSettings(teacher=teacher, students=MODELS.students))
    assert planned["placements"][0]["copies"] == 0
    assert any("127.0.0.1:1" in warning or "make ray" in warning for warning in planned["warnings"])
    assert planned["jobs"]["lbt_search"]["total"]["generations"] > 0
    assert SETTINGS["dry_run"].tokens_per_s is None
