"""Base and tuned teacher on problems that neither has seen."""

from collections import Counter
from typing import Literal

import pandas as pd

from lbt.evaluation import EvaluationSettings, answer_problems, compare_models, sample_transcripts
from lbt.evaluation.comparison import FAMILY_COLUMNS
from lbt.generation import GenerationStore, ModelSettings, ModelsSettings
from lbt.grading import domain_named
from lbt.pipelines.parameters import Domain, Seed
from lbt.prompts import PromptSettings
from lbt.training import Checkpoint


def answer(
    problems: pd.DataFrame,
    models: ModelsSettings,
    tuned_teacher: Checkpoint,
    prompts: PromptSettings,
    evaluation: EvaluationSettings,
    generation_store: GenerationStore,
    seed: Seed,
    domain: Domain,
) -> tuple[pd.DataFrame, dict[str, float]]:
    """The answers of the base teacher, and of the tuned one where it was trained."""
    base = evaluation.run_here(models.teacher)
    contestants: dict[Literal["base", "tuned"], ModelSettings] = {"base": base}
    if tuned_teacher.trained:
        own = {"path": str(tuned_teacher.path), "revision": None, "adapter": None}
        contestants["tuned"] = base.model_copy(update=own)
    tables = []
    total: Counter[str] = Counter()
    for label, model in contestants.items():
        table, usage = answer_problems(
            problems,
            label,
            model,
            prompts,
            evaluation,
            generation_store,
            seed.root,
            domain_named(domain.root),
        )
        tables.append(table)
        total.update(usage)
    return pd.concat(tables, ignore_index=True), dict(total)


def compare(
    problems: pd.DataFrame, evaluation_answers: pd.DataFrame, evaluation: EvaluationSettings, seed: Seed
) -> tuple[dict[str, float], pd.DataFrame, str]:
    """Figures, accuracy by family, sample transcripts; all empty where evaluation is off."""
    if evaluation_answers.empty:
        return (
            {},
            pd.DataFrame(columns=list(FAMILY_COLUMNS)),
            "No evaluation problems (problems.evaluation: 0).",
        )
    metrics, by_family = compare_models(evaluation_answers, evaluation, seed.root)
    return metrics, by_family, sample_transcripts(problems, evaluation_answers, seed.root)
