"""Preference pairs: which of two rationales of a problem the teacher should have preferred."""

from lbt.preferences.pairs import build_pairs
from lbt.preferences.settings import PreferenceSettings

__all__ = ["PreferenceSettings", "build_pairs"]
