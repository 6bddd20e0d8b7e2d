"""The figures of the embedded models' cards: how the teacher answers and how each student follows a demo."""

from random import Random
from typing import Any

import pandas as pd

from lbt import tables
from lbt.asking import Asker, Task
from lbt.generation import GenerationStore, ModelSettings, SamplingSettings
from lbt.grading import domain_named
from lbt.pocket.problems import draw_problems
from lbt.pocket.procedures import recognise_procedure
from lbt.pocket.split import draw_numbers
from lbt.pocket.world import FAMILIES, Kind
from lbt.prompts import PromptSettings, exam_messages
from lbt.statistics import wilson_interval

SAMPLES = 16
EXAMS_PER_FAMILY = 8
DOMAIN = domain_named("number")
DEMOS: tuple[Kind | None, ...] = ("right", "misconception", "terse", None)
GREEDY = SamplingSettings(temperature=0.0, max_tokens=96)
SAMPLED = SamplingSettings(temperature=1.0, max_tokens=96)

Figures = dict[str, dict[str, float]]
_Demo = tuple[str, str]


def examine(
    teacher: ModelSettings, students: dict[str, ModelSettings], store: GenerationStore, seed: int
) -> Figures:
    """Measure the models on held-out problems; every figure is a share with its 95% Wilson interval and n."""
    asker = Asker(PromptSettings(), store, seed, DOMAIN)
    problems = draw_problems(
        teaching=0, exam_per_family=0, evaluation=20 * len(FAMILIES), lucky_share=0.0, seed=seed
    )
    figures = _teacher_figures(asker, teacher, problems)
    exams = problems.groupby("family").head(EXAMS_PER_FAMILY)
    for name, student in students.items():
        for kind in DEMOS:
            demos = [_demo(row["family"], kind, f"{seed}/{row['problem_id']}") for row in _rows(exams)]
            answers = _ask(asker, student, f"{name}, {kind or 'no'} demo", exams, GREEDY, demos)
            figures[f"{name}.exam_{kind or 'no_demo'}"] = _share(_right(answers))
    return figures


def _teacher_figures(asker: Asker, teacher: ModelSettings, problems: pd.DataFrame) -> Figures:
    greedy = _ask(asker, teacher, "pocket/teacher/greedy", problems, GREEDY)
    some = problems.groupby("family").head(6)
    sampled = _ask(asker, teacher, "pocket/teacher/sampled", some, SAMPLED)
    by_problem = sampled.assign(right=_right(sampled)).groupby("problem_id", sort=False)
    figures = {
        "teacher.greedy": _share(_right(greedy)),
        f"teacher.majority_of_{SAMPLES}": _share(by_problem.apply(_majority_is_right)),
        f"teacher.pass_at_{SAMPLES}": _share(by_problem["right"].any()),
    }
    texts = zip(sampled["family"], sampled["text"], strict=True)
    kinds = pd.Series([recognise_procedure(family, text) or "unrecognised" for family, text in texts])
    return figures | {
        f"teacher.right_given_{kind}": _share(right) for kind, right in _right(sampled).groupby(kinds)
    }


def _ask(
    asker: Asker,
    model: ModelSettings,
    label: str,
    problems: pd.DataFrame,
    sampling: SamplingSettings,
    demos: list[_Demo | None] | None = None,
) -> pd.DataFrame:
    shown = demos or [None] * len(problems)
    tasks = [
        Task(
            exam_messages(row["question"], [demo] if demo else [], asker.prompts),
            row["answer"],
            {"problem_id": row["problem_id"], "family": row["family"]},
            1 if sampling.greedy else SAMPLES,
            sampling,
        )
        for row, demo in zip(_rows(problems), shown, strict=True)
    ]
    return asker.ask(model, label, tasks, tables.pocket_answers).table


def _rows(problems: pd.DataFrame) -> list[dict[Any, Any]]:
    return problems.to_dict("records")


def _right(answers: pd.DataFrame) -> pd.Series:
    return answers["verdict"].eq("correct")


def _share(right: pd.Series) -> dict[str, float]:
    hits, n = int(right.sum()), len(right)
    low, high = wilson_interval(hits, n, 0.95)
    return {"share": hits / n, "low": low, "high": high, "n": n}


def _majority_is_right(answers: pd.DataFrame) -> bool:
    """Whether the most frequent answer is right; of equally frequent ones the first seen wins."""
    votes = answers["answer"].value_counts(sort=True)
    return bool(len(votes)) and bool(answers.loc[answers["answer"] == votes.index[0], "right"].all())


def _demo(family_name: str, kind: Kind | None, seed: str) -> _Demo | None:
    """A demo in the given procedure, on held-out numbers that are not lucky."""
    if kind is None:
        return None
    family, rng = FAMILIES[family_name], Random(seed)
    numbers = draw_numbers(family, rng, held_out=True, lucky=False)
    if numbers is None:
        raise ValueError(f"family {family_name} has no held-out numbers")
    question = family.question(numbers, rng.randrange(len(family.questions)))
    return question, family.rationale(kind, numbers, rng)
