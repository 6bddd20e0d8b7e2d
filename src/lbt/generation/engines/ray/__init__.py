"""Copies of a model in actors on a Ray cluster, each in an engine of its own (docs/scale.md)."""
