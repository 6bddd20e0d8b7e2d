"""The base of every parameter model."""

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """Frozen parameters of one stage; an unknown key is an error, so that a typing mistake is noticed."""

    model_config = ConfigDict(frozen=True, extra="forbid")
