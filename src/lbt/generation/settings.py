"""Which model to ask and how to sample, and which of these settings change the text.

Every field of `ModelSettings` and `SamplingSettings` says what it is to the request key, under which
generations are stored. A change of a VALUE or IDENTITY field asks anew; any other reuses what is stored.
"""

from enum import Enum
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from lbt.configuration import Settings


class KeyRole(Enum):
    """What a settings field is to the request key."""

    VALUE = "the key holds the field's value"
    IDENTITY = "the key holds the content that the field leads to (see `identify_model`)"
    NONE = "the field changes where and how fast, not what is generated"


class ModelSettings(Settings):
    """One model and how to run it."""

    path: Annotated[str, KeyRole.IDENTITY] = Field(
        min_length=1, description="A Hugging Face model folder, or the id of a repository on the hub."
    )
    revision: Annotated[str | None, KeyRole.IDENTITY] = Field(
        None, description="Branch, tag or commit of a hub repository; its default branch if not given."
    )
    adapter: Annotated[str | None, KeyRole.IDENTITY] = Field(
        None, description="The folder of a PEFT adapter that is merged into the model."
    )
    # The engine is part of the key because equal seeds give other texts on another engine, and because a run
    # that asks for an engine must not be handed the texts of a different one.
    engine: Annotated[Literal["transformers"], KeyRole.VALUE] = Field(
        "transformers", description="What runs the model."
    )
    dtype: Annotated[Literal["auto", "float32", "bfloat16", "float16"], KeyRole.VALUE] = Field(
        "auto", description="Precision; auto is bfloat16 where the hardware computes in it, else float32."
    )
    device: Annotated[str, KeyRole.NONE] = Field(
        "auto", description="Where the model runs, such as cpu or cuda:1; auto takes a GPU if there is one."
    )
    batch_size: Annotated[int | None, KeyRole.NONE] = Field(
        None, ge=1, description="Answers written at the same time; by default what fits in memory."
    )


class ModelsSettings(Settings):
    """The models of a run."""

    teacher: ModelSettings
    students: dict[str, ModelSettings] = Field(min_length=1, description="Students by name, at least one.")

    @field_validator("students", mode="before")
    @classmethod
    def _leave_out_nulls(cls, students: Any) -> Any:
        # Kedro merges the configurations of base and local key by key: null takes a student of base away.
        if isinstance(students, dict):
            return {name: student for name, student in students.items() if student is not None}
        return students


class SamplingSettings(Settings):
    """How an answer is sampled. Top-k and top-p apply after the temperature, top-k first."""

    temperature: Annotated[float, KeyRole.VALUE] = Field(ge=0, le=100, description="0 is greedy decoding.")
    top_p: Annotated[float, KeyRole.VALUE] = Field(
        1.0, gt=0, le=1, description="Sample from the likeliest tokens that hold this probability."
    )
    top_k: Annotated[int, KeyRole.VALUE] = Field(
        0, ge=0, description="Sample from this many likeliest tokens; 0 for all."
    )
    max_tokens: Annotated[int, KeyRole.VALUE] = Field(ge=1, description="The most tokens of one answer.")
    stop: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], KeyRole.VALUE] = Field(
        (), description="Texts before which an answer ends, besides the model's own end of turn."
    )

    @property
    def greedy(self) -> bool:
        """Whether there is nothing random about the answer."""
        return self.temperature == 0


def key_role(settings: type[Settings], field: str) -> KeyRole:
    """The declared role of a field.

    Raises:
        TypeError: The field declares none, or more than one.
    """
    roles = [mark for mark in settings.model_fields[field].metadata if isinstance(mark, KeyRole)]
    if len(roles) != 1:
        raise TypeError(f"{settings.__name__}.{field} must be annotated with exactly one KeyRole.")
    return roles[0]


def key_values(settings: Settings) -> dict[str, Any]:
    """The fields whose values belong in the request key, with their values."""
    return {field: getattr(settings, field) for field in _value_fields(type(settings))}


@lru_cache
def _value_fields(settings: type[Settings]) -> tuple[str, ...]:
    return tuple(field for field in settings.model_fields if key_role(settings, field) is KeyRole.VALUE)
