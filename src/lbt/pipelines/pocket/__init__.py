"""The pipeline that makes the embedded models."""

from lbt.pipelines.pocket.pipeline import create_pipeline

__all__ = ["create_pipeline"]
