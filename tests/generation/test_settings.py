from typing import Annotated, Any

import pytest
from pydantic import ValidationError

from lbt.configuration import Settings
from lbt.generation import ModelSettings, ModelsSettings, SamplingSettings, request_key
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
    "temperature": 0.8,
    "top_p": 0.9,
    "top_k": 40,
    "max_tokens": 65,
    "stop": ("Q:",),
}
FIELDS = [(settings, field) for settings in (MODEL, SAMPLING) for field in type(settings).model_fields]


@pytest.mark.parametrize(("settings", "field"), FIELDS)
def test_every_field_is_declared_key_relevant_or_not(settings: Settings, field: str) -> None:
    assert key_role(type(settings), field) in KeyRole


@pytest.mark.parametrize(("settings", "field"), FIELDS)
def test_the_key_changes_with_the_relevant_fields_only(settings: Settings, field: str) -> None:
    changed = settings.model_copy(update={field: OTHER_VALUES[field]})
    model, sampling = (changed, SAMPLING) if settings is MODEL else (MODEL, changed)
    same = request_key(model, "hash", "prompt", sampling, 1) == request_key(
        MODEL, "hash", "prompt", SAMPLING, 1
    )
    assert same == (key_role(type(settings), field) is not KeyRole.VALUE)


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
