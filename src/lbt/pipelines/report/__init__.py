"""The report stage."""

from lbt.pipelines.report.pipeline import create_pipeline

__all__ = ["create_pipeline"]
