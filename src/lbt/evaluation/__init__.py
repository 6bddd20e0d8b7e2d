"""Base and tuned teacher on the same held-out problems."""

from lbt.evaluation.answers import answer_problems
from lbt.evaluation.comparison import compare_models
from lbt.evaluation.settings import EvaluationSettings
from lbt.evaluation.transcripts import sample_transcripts

__all__ = ["EvaluationSettings", "answer_problems", "compare_models", "sample_transcripts"]
