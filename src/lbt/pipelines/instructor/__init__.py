"""The pipeline in which a student learns from an instructor's problems."""

from lbt.pipelines.instructor.pipeline import create_pipeline

__all__ = ["create_pipeline"]
