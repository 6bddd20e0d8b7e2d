"""Preference pairs: which of two rationales of a problem the teacher should have preferred."""

from lbt.preferences.labels import agreed_labels
from lbt.preferences.pairs import build_pairs
from lbt.preferences.settings import PreferenceSettings

__all__ = ["PreferenceSettings", "agreed_labels", "build_pairs"]
