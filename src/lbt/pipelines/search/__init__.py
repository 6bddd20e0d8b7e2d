"""The search: what is particular to it of teaching and exams, the baselines, the selection, its report."""

from lbt.pipelines.search.pipeline import create_pipeline

__all__ = ["create_pipeline"]
