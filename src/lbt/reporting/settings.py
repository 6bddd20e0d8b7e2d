"""Parameters of how a run is recorded."""

from pydantic import Field, NonNegativeFloat

from lbt.configuration import Settings


class TrackingSettings(Settings):
    """The run in MLflow. Nothing here changes a result."""

    name: str | None = Field(default=None, min_length=1)
    parent: str | None = Field(default=None, min_length=1)
    tags: dict[str, str | int | float | bool] = Field(default_factory=dict)
    model_mb: NonNegativeFloat = 50.0
