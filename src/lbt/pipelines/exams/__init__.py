"""The exams stage."""

from lbt.pipelines.exams.pipeline import create_pipeline

__all__ = ["create_pipeline"]
