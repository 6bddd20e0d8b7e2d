"""The base of every parameter model."""

from typing import Any

from pydantic import BaseModel, BeforeValidator, ConfigDict


class Settings(BaseModel):
    """Frozen parameters of one stage; an unknown key is an error, so that a typing mistake is noticed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _without_nulls(named: Any) -> Any:
    if isinstance(named, dict):
        return {name: value for name, value in named.items() if value is not None}
    return named


WITHOUT_NULLS = BeforeValidator(_without_nulls)
"""Kedro merges base and local key by key: null takes away what base has of that name."""
