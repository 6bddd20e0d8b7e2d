"""The figures of the embedded models' cards: how the teacher answers and how each student follows a demo."""

from random import Random
from typing import Any

import pandas as pd

from lbt import tables
from lbt.asking import Asker, Task
from lbt.generation import GenerationStore, ModelSettings, SamplingSettings
from lbt.grading import Domain, domain_named
from lbt.pocket.problems import draw_problems
from lbt.pocket.worlds import Kind, World
from lbt.prompts import PromptSettings, exam_messages
from lbt.statistics import wilson_interval

SAMPLES = 16
EXAMS_PER_FAMILY = 8
DEMOS: tuple[Kind | None, ...] = ("right", "misconception", "terse", None)
GREEDY = SamplingSettings(temperature=0.0, max_tokens=96)
SAMPLED = SamplingSettings(temperature=1.0, max_tokens=96)

Figures = dict[str, dict[str, float]]
_Demo = tuple[str, str]


def examine(
    world: World,
    teacher: ModelSettings,
    students: dict[str, ModelSettings],
    store: GenerationStore,
    seed: int,
) -> Figures:
    """Measure the models on held-out problems; every figure is a share with its 95% Wilson interval and n."""
    asker = Asker(PromptSettings(), store, seed, domain_named(world.domain))
    problems = draw_problems(
        teaching=0,
        exam_per_family=0,
        evaluation=20 * len(world.families),
        lucky_share=0.0,
        seed=seed,
        world=world,
    )
    figures = _teacher_figures(world, asker, teacher, problems)
    exams = problems.groupby("family").head(EXAMS_PER_FAMILY)
    for name, student in students.items():
        for kind in DEMOS:
            demos = [_demo(world, row["family"], kind, f"{seed}/{row['problem_id']}") for row in _rows(exams)]
            answers = _ask(asker, student, f"{name}, {kind or 'no'} demo", exams, GREEDY, demos)
            figures[f"{name}.exam_{kind or 'no_demo'}"] = _share(_right(answers))
    return figures


def _teacher_figures(world: World, asker: Asker, teacher: ModelSettings, problems: pd.DataFrame) -> Figures:
    greedy = _ask(asker, teacher, "pocket/teacher/greedy", problems, GREEDY)
    some = problems.groupby("family").head(6)
    sampled = _ask(asker, teacher, "pocket/teacher/sampled", some, SAMPLED)
    by_problem = sampled.assign(right=_right(sampled)).groupby("problem_id", sort=False)
    golds = dict(zip(some["problem_id"], some["answer"], strict=True))
    majorities = [
        _majority_is_right(answers, golds[problem], asker.domain) for problem, answers in by_problem
    ]
    figures = {
        "teacher.greedy": _share(_right(greedy)),
        f"teacher.majority_of_{SAMPLES}": _share(pd.Series(majorities)),
        f"teacher.pass_at_{SAMPLES}": _share(by_problem["right"].any()),
    }
    texts = zip(sampled["family"], sampled["text"], strict=True)
    kinds = pd.Series([world.recognise(family, text) or "unrecognised" for family, text in texts])
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


def _majority_is_right(answers: pd.DataFrame, gold: str, domain: Domain) -> bool:
    """Whether the answer with most votes is right; of answers with equally many the first seen wins."""
    votes = pd.Series(domain.votes(answers["answer"].tolist(), gold), index=answers.index, dtype="object")
    counts = votes.value_counts(sort=True)
    return bool(len(counts)) and bool(answers.loc[votes == counts.index[0], "right"].all())


def _demo(world: World, family: str, kind: Kind | None, seed: str) -> _Demo | None:
    """A demo in the given procedure, on a held-out problem that is not lucky."""
    return None if kind is None else world.demo(family, kind, Random(seed))
