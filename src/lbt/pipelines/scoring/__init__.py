"""The scoring stage."""

from lbt.pipelines.scoring.pipeline import create_pipeline

__all__ = ["create_pipeline"]
