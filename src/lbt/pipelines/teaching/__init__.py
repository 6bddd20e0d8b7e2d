"""The teaching stage."""

from lbt.pipelines.teaching.pipeline import create_pipeline

__all__ = ["create_pipeline"]
