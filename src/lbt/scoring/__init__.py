"""LbT scores from exam answers, and how sure they are."""

from lbt.scoring.metrics import lucky_auc, score_metrics
from lbt.scoring.reexam import reexam_metrics
from lbt.scoring.scores import score_rationales
from lbt.scoring.settings import ScoringSettings

__all__ = ["ScoringSettings", "lucky_auc", "reexam_metrics", "score_metrics", "score_rationales"]
