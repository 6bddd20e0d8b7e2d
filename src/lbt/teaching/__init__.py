"""The teacher explains: many sampled rationales for every teaching problem."""

from lbt.teaching.rationales import sample_rationales
from lbt.teaching.settings import TeachingSettings

__all__ = ["TeachingSettings", "sample_rationales"]
