"""The preferences stage."""

from lbt.pipelines.preferences.pipeline import create_pipeline

__all__ = ["create_pipeline"]
