"""The teacher explains: many sampled rationales for every teaching problem."""

from lbt.teaching.rationales import demo_id, explaining_tasks, sample_rationales
from lbt.teaching.settings import TeachingSettings

__all__ = ["TeachingSettings", "demo_id", "explaining_tasks", "sample_rationales"]
