"""lbt_refine: M3, exemplars refined over rounds."""

from lbt.pipelines.refine.pipeline import create_pipeline

__all__ = ["create_pipeline"]
