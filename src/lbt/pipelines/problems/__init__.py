"""The problems stage."""

from lbt.pipelines.problems.pipeline import create_pipeline

__all__ = ["create_pipeline"]
