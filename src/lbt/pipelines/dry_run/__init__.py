"""The dry run: everything that can be known of a run before a model is asked."""

from lbt.pipelines.dry_run.pipeline import create_pipeline

__all__ = ["create_pipeline"]
