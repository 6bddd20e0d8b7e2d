"""The students sit exams with the teacher's rationales in their prompt."""

from collections import Counter

import pandas as pd

from lbt.exams import ExamSettings, plan_exams, sit_exams
from lbt.generation import GenerationStore, ModelsSettings
from lbt.pipelines.parameters import Domain, Seed
from lbt.prompts import PromptSettings


def plan(problems: pd.DataFrame, rationales: pd.DataFrame, exams: ExamSettings, seed: Seed) -> pd.DataFrame:
    """Which exam problems each demo, and the baseline, gets."""
    return plan_exams(problems, rationales, exams, seed.root)


def sit(
    exam_plan: pd.DataFrame,
    problems: pd.DataFrame,
    rationales: pd.DataFrame,
    models: ModelsSettings,
    prompts: PromptSettings,
    exams: ExamSettings,
    generation_store: GenerationStore,
    seed: Seed,
    domain: Domain,
) -> tuple[pd.DataFrame, dict[str, float]]:
    """The answers of all students, one student after the other so that one model is loaded at a time."""
    answers = []
    total: Counter[str] = Counter()
    for name, student in models.students.items():
        table, usage = sit_exams(
            exam_plan,
            problems,
            rationales,
            name,
            student,
            prompts,
            exams,
            generation_store,
            seed.root,
            domain.root,
        )
        answers.append(table)
        total.update(usage)
    return pd.concat(answers, ignore_index=True), dict(total)
