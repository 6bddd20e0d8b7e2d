"""The evaluation stage."""

from lbt.pipelines.evaluation.pipeline import create_pipeline

__all__ = ["create_pipeline"]
