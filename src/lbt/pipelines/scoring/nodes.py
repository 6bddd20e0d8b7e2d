"""From exam answers to LbT scores."""

import pandas as pd

from lbt import scoring as stage
from lbt.exams import same_answer_figures
from lbt.grading import GradingSettings
from lbt.pipelines.parameters import Domain, Seed
from lbt.pocket.procedures import label_procedures
from lbt.scoring import ScoringSettings, lucky_auc, score_metrics


def score_rationales(
    problems: pd.DataFrame,
    rationales: pd.DataFrame,
    exam_answers: pd.DataFrame,
    scoring: ScoringSettings,
    seed: Seed,
    domain: Domain,
    grading: GradingSettings,
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, float]]:
    """LbT scores, the procedures where they are known (the pocket), and what the scores tell apart."""
    scores = stage.score_rationales(exam_answers, scoring)
    procedures = label_procedures(problems, rationales)
    metrics = score_metrics(rationales, scores, scoring, seed.root)
    metrics |= lucky_auc(rationales, scores, procedures, scoring, seed.root)
    metrics |= same_answer_figures(exam_answers, problems, domain.graded_by(grading))
    return scores, procedures, metrics
