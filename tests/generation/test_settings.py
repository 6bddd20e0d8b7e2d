from typing import Annotated, Any

import pytest
from pydantic import ValidationError

from lbt.configuration import Settings
from lbt.generation import (
    ModelSettings,
    ModelsSettings,
    RaySettings,
    SamplingSettings,
    ServerSettings,
    VllmSettings,
    request_key,
)
from lbt.generation.settings import KeyRole, key_role

MODEL = ModelSettings(path="somewhere")
SAMPLING = SamplingSettings(temperature=0.7, max_tokens=64)
OTHER_VALUES: dict[str, Any] = {
    "path": "elsewhere",
    "revision": "v2",
    "adapter": "lora",
    "engine": "another",
    "dtype": "float32",
    "device": "cpu",
    "batch_size": 7,
    "max_failed_fraction": 0.5,
    "vllm": VllmSettings(max_model_len=100),
    "server": ServerSettings(endpoints=("http://127.0.0.1:1/v1",)),
    "ray": RaySettings(engine="vllm"),
    "address": "auto",
    "actors": (2, 3),
    "cpus": 2,
    "gpus": 1,
    "resources": (("rack", 1.0),),
    "prompts": 7,
    "ahead": 9,
    "tries": 5,
    "wait_s": 1,
    "ship_code": False,
    "side_by_side": True,
    "dashboard": True,
    "max_model_len": 99,
    "quantization": "fp8",
    "tensor_parallel_size": 2,
    "gpu_memory_utilization": 0.5,
    "cpu_cache_gib": 3,
    "max_num_seqs": 5,
    "enforce_eager": True,
    "endpoints": ("http://127.0.0.1:2/v1",),
    "model": "served",
    "api": "chat",
    "key_variable": "MY_KEY",
    "concurrency": 3,
    "timeout_s": 4,
    "attempts": 2,
    "samples_per_request": 1,
    "temperature": 0.8,
    "top_p": 0.9,
    "top_k": 40,
    "max_tokens": 65,
    "stop": ("Q:",),
}
VLLM = VllmSettings(max_model_len=100)
SERVER = ServerSettings(endpoints=("http://127.0.0.1:1/v1",))
RAY = RaySettings()
FIELDS = [
    (settings, field)
    for settings in (MODEL, SAMPLING, VLLM, SERVER, RAY)
    for field in type(settings).model_fields
]


@pytest.mark.parametrize(("settings", "field"), FIELDS)
def test_every_field_is_declared_key_relevant_or_not(settings: Settings, field: str) -> None:
    assert key_role(type(settings), field) in KeyRole


@pytest.mark.parametrize(("settings", "field"), FIELDS)
def test_the_key_changes_with_the_relevant_fields_only(settings: Settings, field: str) -> None:
    def key(settings: Settings) -> str:
        sampling = settings if isinstance(settings, SamplingSettings) else SAMPLING
        model = settings if isinstance(settings, ModelSettings) else MODEL
        if isinstance(settings, VllmSettings):
            model = MODEL.model_copy(update={"vllm": settings})
        if isinstance(settings, ServerSettings):
            model = MODEL.model_copy(update={"server": settings})
        if isinstance(settings, RaySettings):
            model = MODEL.model_copy(update={"engine": "ray", "ray": settings})
        return request_key(model, "hash", "prompt", sampling, 1)

    other = "vllm" if isinstance(settings, RaySettings) and field == "engine" else OTHER_VALUES[field]
    same = key(settings) == key(settings.model_copy(update={field: other}))
    assert same == (key_role(type(settings), field) in (KeyRole.NONE, KeyRole.IDENTITY))


def test_a_field_that_is_neither_is_refused() -> None:
    class Undeclared(Settings):
        speed: int = 1

    class Twice(Settings):
        speed: Annotated[int, KeyRole.NONE, KeyRole.VALUE] = 1

    for settings in (Undeclared, Twice):
        with pytest.raises(TypeError, match="speed must be annotated with exactly one KeyRole"):
            key_role(settings, "speed")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("temperature", -0.1),
        ("top_p", 0),
        ("top_p", 1.1),
        ("top_k", -1),
        ("max_tokens", 0),
        ("stop", ("",)),
        ("temprature", 1),
    ],
)
def test_sampling_out_of_range_is_refused_by_name(field: str, value: object) -> None:
    with pytest.raises(ValidationError, match=field):
        SamplingSettings.model_validate({"temperature": 1, "max_tokens": 8, field: value})


def test_a_run_without_students_is_refused() -> None:
    with pytest.raises(ValidationError, match="students"):
        ModelsSettings(teacher=MODEL, students={})


def test_a_null_takes_a_student_away_and_one_must_be_left() -> None:
    teacher = {"path": "teacher"}
    models = ModelsSettings.model_validate(
        {"teacher": teacher, "students": {"strong": None, "mine": {"path": "mine"}}}
    )
    assert list(models.students) == ["mine"]
    with pytest.raises(ValidationError):
        ModelsSettings.model_validate({"teacher": teacher, "students": {"strong": None}})


def test_a_server_without_an_address_or_with_a_password_in_it_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"needs server\.endpoints"):
        ModelSettings(path="m", engine="openai")
    with pytest.raises(ValidationError, match="not a URL"):
        ServerSettings(endpoints=("localhost:8000",))
    with pytest.raises(ValidationError, match="must not contain a password"):
        ServerSettings(endpoints=("http://me:secret@host/v1",))


@pytest.mark.parametrize("engine", ["transformers", "vllm", "scripted"])
def test_what_a_laptop_has_answered_a_cluster_need_not_and_the_other_way_round(engine: str) -> None:
    here = ModelSettings(path="somewhere", engine=engine, vllm=VLLM, dtype="float32")
    ray = RaySettings(engine=engine, address="10.0.0.1:6379", actors=8, gpus=2)
    there = here.model_copy(update={"engine": "ray", "ray": ray})
    assert request_key(here, "hash", "prompt", SAMPLING, 1) == request_key(
        there, "hash", "prompt", SAMPLING, 1
    )


@pytest.mark.parametrize("address", ["10.0.0.1:6379", "ray://head.example.org:10001", "auto", None])
def test_an_address_of_a_cluster_is_taken(address: str | None) -> None:
    assert RaySettings(address=address).address == address


@pytest.mark.parametrize(
    ("settings", "wrong"),
    [
        ({"address": "head.example.org"}, "address"),
        ({"address": "http://head:8265"}, "address"),
        ({"actors": 0}, "actors"),
        ({"actors": [4, 2]}, "the fewest"),
        ({"cpus": 0}, "cpus"),
        ({"resources": {"rack": 0}}, "resources"),
        ({"engine": "openai"}, "engine"),
    ],
)
def test_a_cluster_that_cannot_be_is_refused_by_name(settings: dict[str, Any], wrong: str) -> None:
    with pytest.raises(ValidationError, match=wrong):
        RaySettings.model_validate(settings)


def test_actors_are_a_number_or_a_range_and_settings_stay_hashable() -> None:
    assert RaySettings.model_validate({"actors": 3}).actors == (3, 3)
    ranged = RaySettings.model_validate({"actors": [1, 4], "resources": {"rack": 1, "a100": 0.5}})
    assert ranged.actors == (1, 4)
    assert hash(ranged) == hash(RaySettings(actors=(1, 4), resources=(("a100", 0.5), ("rack", 1.0))))
