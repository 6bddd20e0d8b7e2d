"""The students sit exams with the teacher's rationales in their prompt."""

from collections import Counter
from threading import Event

import pandas as pd

from lbt.exams import ExamSettings, for_each_student, plan_exams, sit_exams
from lbt.generation import GenerationStore, ModelSettings, ModelsSettings
from lbt.grading import domain_named
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
    """The answers of all students; one model at a time is loaded, students on servers sit side by side."""

    def sit_one(name: str, student: ModelSettings, stopping: Event) -> tuple[pd.DataFrame, dict[str, float]]:
        # A connection of its own: SQLite's belong to the thread that opened them.
        with GenerationStore(generation_store.path) as store:
            return sit_exams(
                exam_plan,
                problems,
                rationales,
                name,
                student,
                prompts,
                exams,
                store,
                seed.root,
                domain_named(domain.root),
                stopping,
            )

    tables, usages = zip(*for_each_student(models.students, sit_one), strict=True)
    total = sum((Counter(usage) for usage in usages), start=Counter[str]())
    return pd.concat(tables, ignore_index=True), {key: float(total[key]) for key in usages[0]}
