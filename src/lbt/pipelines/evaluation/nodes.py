"""Base and tuned teacher on problems that neither has seen; what pairs chose, on exams that chose nothing."""

import pandas as pd

from lbt import evaluation as stage
from lbt import exams as exam_stage
from lbt import tables
from lbt.asking import Usage, add_usage
from lbt.evaluation import EvaluationSettings
from lbt.evaluation.answers import Contestant
from lbt.exams import ExamSettings
from lbt.generation import GenerationStore, ModelSettings, ModelsSettings
from lbt.grading import GradingSettings, Voting
from lbt.pipelines.parameters import Domain, Seed, make_asker
from lbt.prompts import DebugSettings, PromptSettings
from lbt.scoring import ScoringSettings, reexam_metrics, score_rationales
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


def plan_reexam(
    pairs: pd.DataFrame,
    exam_plan: pd.DataFrame,
    exam_problems: pd.DataFrame,
    exams: ExamSettings,
    seed: Seed,
    domain: Domain,
    grading: GradingSettings,
    tuned_teacher: Checkpoint,
) -> pd.DataFrame:
    """Which fresh exam problems the rationales of the pairs get.

    The last input is there so that the teacher is trained first.
    """
    graded_by = domain.graded_by(grading)
    demos = exam_stage.demos_of_pairs(pairs)
    return exam_stage.plan_reexam(demos, exam_plan, exam_problems, exams, seed.root, graded_by)


def examine_again(
    reexam_plan: pd.DataFrame,
    exam_problems: pd.DataFrame,
    rationales: pd.DataFrame,
    pairs: pd.DataFrame,
    models: ModelsSettings,
    exams: ExamSettings,
    scoring: ScoringSettings,
    prompts: PromptSettings,
    generation_store: GenerationStore,
    seed: Seed,
    domain: Domain,
    grading: GradingSettings,
    debug: DebugSettings,
) -> tuple[pd.DataFrame, Usage, dict[str, float]]:
    """The answers to the fresh exam problems, and how much better the scores were that chose the pairs."""
    if reexam_plan.empty:
        return tables.make_table(tables.reexam_answers, []), add_usage([]), {}
    prompts = exams.of_prompts(prompts)
    asker = make_asker(prompts, generation_store, seed, domain, grading, debug)
    papers = exam_stage.ReexamPapers(reexam_plan, exam_problems, rationales, prompts, exams, asker.domain)
    asked = exam_stage.sit_exams(asker, papers, models.students)
    scores = score_rationales(asked.table, scoring)
    return asked.table, asked.usage, reexam_metrics(pairs, scores, scoring.confidence)
