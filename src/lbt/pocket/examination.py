"""The figures of the embedded models' cards: how the teacher answers and how each student follows a demo."""

from collections import Counter
from random import Random

import pandas as pd

from lbt.generation import Completion, GenerationStore, ModelSettings, SamplingSettings, generate
from lbt.grading import domain_named, grade
from lbt.pocket.domain import FAMILIES, Kind
from lbt.pocket.problems import draw_problems
from lbt.pocket.procedures import recognise_procedure
from lbt.pocket.split import draw_numbers
from lbt.prompts import PromptSettings, exam_messages, teaching_messages
from lbt.scoring.statistics import wilson_interval
from lbt.teaching.asking import make_request

SAMPLES = 16
EXAMS_PER_FAMILY = 8
DEMOS: tuple[Kind | None, ...] = ("right", "misconception", "terse", None)
GREEDY = SamplingSettings(temperature=0.0, max_tokens=96)
SAMPLED = SamplingSettings(temperature=1.0, max_tokens=96)
PROMPTS = PromptSettings()
NUMBER = domain_named("number")

Figures = dict[str, dict[str, float]]


def examine(
    teacher: ModelSettings, students: dict[str, ModelSettings], store: GenerationStore, seed: int
) -> Figures:
    """Measure the models on held-out problems; every figure is a share with its 95% Wilson interval and n."""
    problems = draw_problems(
        teaching=0, exam_per_family=0, evaluation=20 * len(FAMILIES), lucky_share=0.0, seed=seed
    )
    figures = _teacher_figures(teacher, problems, store, seed)
    exams = problems.groupby("family").head(EXAMS_PER_FAMILY)
    for name, student in students.items():
        for demo in DEMOS:
            right = _exam_verdicts(student, exams, demo, store, seed, label=f"{name}, {demo or 'no'} demo")
            figures[f"{name}.exam_{demo or 'no_demo'}"] = _share(right)
    return figures


def _share(right: list[bool]) -> dict[str, float]:
    low, high = wilson_interval(sum(right), len(right), 0.95)
    return {"share": sum(right) / len(right), "low": low, "high": high, "n": len(right)}


def _is_right(gold: str, completion: Completion | None) -> bool:
    return (
        completion is not None
        and grade(NUMBER, gold, completion.text, completion.finish_reason).verdict == "correct"
    )


def _teacher_figures(
    teacher: ModelSettings, problems: pd.DataFrame, store: GenerationStore, seed: int
) -> Figures:
    greedy = _ask(teacher, problems, GREEDY, 1, store, seed, "pocket/teacher/greedy")
    sampled_problems = problems.groupby("family").head(6)
    sampled = _ask(teacher, sampled_problems, SAMPLED, SAMPLES, store, seed, "pocket/teacher/sampled")
    gold = list(sampled_problems["answer"])
    graded = [[_is_right(g, c) for c in row] for g, row in zip(gold, sampled, strict=True)]
    majority = [_majority_is_right(g, row) for g, row in zip(gold, sampled, strict=True)]
    figures = {
        "teacher.greedy": _share(
            [_is_right(g, row[0]) for g, row in zip(problems["answer"], greedy, strict=True)]
        ),
        f"teacher.majority_of_{SAMPLES}": _share(majority),
        f"teacher.pass_at_{SAMPLES}": _share([any(row) for row in graded]),
    }
    by_kind: dict[str, list[bool]] = {}
    for family, completions, verdicts in zip(sampled_problems["family"], sampled, graded, strict=True):
        for completion, right in zip(completions, verdicts, strict=True):
            kind = recognise_procedure(family, completion.text) if completion else None
            by_kind.setdefault(kind or "unrecognised", []).append(right)
    return figures | {
        f"teacher.right_given_{kind}": _share(rights) for kind, rights in sorted(by_kind.items())
    }


def _majority_is_right(gold: str, completions: list[Completion | None]) -> bool:
    answers = [grade(NUMBER, gold, c.text, c.finish_reason).answer for c in completions if c]
    votes = Counter(answer for answer in answers if answer is not None)
    return bool(votes) and grade(NUMBER, gold, f"#### {votes.most_common(1)[0][0]}").verdict == "correct"


def _ask(
    model: ModelSettings,
    problems: pd.DataFrame,
    sampling: SamplingSettings,
    samples: int,
    store: GenerationStore,
    seed: int,
    label: str,
) -> list[list[Completion | None]]:
    requests = [
        make_request(teaching_messages(question, PROMPTS), PROMPTS, samples, sampling, seed)
        for question in problems["question"]
    ]
    return list(generate(model, requests, store, label).completions)


def _exam_verdicts(
    student: ModelSettings,
    exams: pd.DataFrame,
    demo: Kind | None,
    store: GenerationStore,
    seed: int,
    label: str,
) -> list[bool]:
    demos = [
        _demo(family, demo, f"{seed}/{problem}")
        for family, problem in zip(exams["family"], exams["problem_id"], strict=True)
    ]
    requests = [
        make_request(exam_messages(question, [shown] if shown else [], PROMPTS), PROMPTS, 1, GREEDY, seed)
        for question, shown in zip(exams["question"], demos, strict=True)
    ]
    completions = generate(student, requests, store, label).completions
    return [_is_right(gold, row[0]) for gold, row in zip(exams["answer"], completions, strict=True)]


def _demo(family_name: str, kind: Kind | None, seed: str) -> tuple[str, str] | None:
    """A demo in the given procedure, on held-out numbers that are not lucky."""
    if kind is None:
        return None
    family, rng = FAMILIES[family_name], Random(seed)
    numbers = draw_numbers(family, rng, held_out=True, lucky=False)
    if numbers is None:
        raise ValueError(f"family {family_name} has no held-out numbers")
    question = family.question(numbers, rng.randrange(len(family.questions)))
    return question, family.rationale(kind, numbers, rng)
