"""Base and tuned teacher on problems that neither has seen."""

import pandas as pd

from lbt import evaluation as stage
from lbt import tables
from lbt.asking import Usage, add_usage
from lbt.evaluation import EvaluationSettings
from lbt.evaluation.answers import Contestant
from lbt.generation import GenerationStore, ModelSettings, ModelsSettings
from lbt.grading import GradingSettings, Voting
from lbt.pipelines.parameters import Domain, Seed, make_asker
from lbt.prompts import DebugSettings, PromptSettings
from lbt.training import Checkpoint


def answer_problems(
    problems: pd.DataFrame,
    models: ModelsSettings,
    tuned_teacher: Checkpoint,
    evaluation: EvaluationSettings,
    prompts: PromptSettings,
    generation_store: GenerationStore,
    seed: Seed,
    domain: Domain,
    grading: GradingSettings,
    debug: DebugSettings,
) -> tuple[pd.DataFrame, Usage]:
    """The answers of the base teacher, and of the tuned one where it was trained; none is debugged."""
    asker = make_asker(prompts, generation_store, seed, domain, grading, debug)
    base = evaluation.run_here(models.teacher)
    contestants: dict[Contestant, ModelSettings] = {"base": base}
    if tuned_teacher.trained:
        own = {"path": str(tuned_teacher.path), "revision": None, "adapter": None}
        contestants["tuned"] = base.model_copy(update=own)
    asked = [
        stage.answer_problems(asker, problems, label, model, evaluation)
        for label, model in contestants.items()
    ]
    table = pd.concat([one.table for one in asked], ignore_index=True)
    return table, add_usage(one.usage for one in asked)


def compare_models(
    problems: pd.DataFrame,
    evaluation_answers: pd.DataFrame,
    evaluation: EvaluationSettings,
    seed: Seed,
    domain: Domain,
    grading: GradingSettings,
) -> tuple[dict[str, float], pd.DataFrame, str]:
    """Figures, accuracy by family, sample transcripts; all empty where evaluation is off."""
    if evaluation_answers.empty:
        no_family = tables.make_table(tables.accuracy_by_family, [])
        return {}, no_family, "No evaluation problems (problems.evaluation: 0)."
    voting = Voting.on(problems, domain.graded_by(grading))
    metrics, by_family = stage.compare_models(evaluation_answers, evaluation, seed.root, voting)
    return metrics, by_family, stage.sample_transcripts(problems, evaluation_answers, seed.root)
