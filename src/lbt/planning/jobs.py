"""Which loads the jobs consist of, as their stages ask."""

from collections.abc import Mapping
from dataclasses import dataclass

from lbt.evaluation import EvaluationSettings
from lbt.exams import ExamSettings
from lbt.planning.loads import Estimator, Load, Tasks
from lbt.search import SearchSettings
from lbt.teaching import TeachingSettings


@dataclass(frozen=True)
class Parts:
    """What the jobs share."""

    tasks: Tasks
    teacher: Estimator
    students: Mapping[str, Estimator]
    teaching: TeachingSettings
    exams: ExamSettings


def finetune_loads(parts: Parts, here: Estimator, evaluation: EvaluationSettings) -> list[Load]:
    """What lbt_finetune asks; `here` is the teacher as it is evaluated, base and tuned."""
    samples = parts.teaching.samples
    loads = [_teaching(parts, samples), *_exams(parts, samples, decided_early=False)]
    held_out = parts.tasks.of_role("evaluation")
    if held_out:
        answers = 1 + evaluation.samples
        sendings = 2 if evaluation.samples else 1
        for label in ("base", "tuned"):
            stage = f"evaluation of {label}"
            # Without enough pairs there is no tuned teacher.
            fewest = None if label == "base" else 0
            loads.append(here.plain(stage, held_out, answers, evaluation.sampling, fewest, sendings))
    return loads


def search_loads(parts: Parts, search: SearchSettings) -> list[Load]:
    """What lbt_search asks."""
    samples = search.samples or parts.teaching.samples
    sampling = parts.teaching.sampling
    early = search.examiner != "full"
    loads = [_teaching(parts, samples), *_exams(parts, samples, early)]
    loads.append(parts.teacher.plain("baseline: greedy", parts.tasks.of_role("teaching"), 1, sampling))
    if "worked_examples" in search.baselines:
        if search.solutions:
            solved = parts.tasks.used
            loads.append(parts.teacher.plain("baseline: solutions", solved, search.solutions, sampling))
        loads.append(parts.teacher.worked_examples(samples, search.examples, sampling))
    if "teacher_exams" in search.baselines:
        longest = sampling.max_tokens
        own = parts.teacher.exams("baseline: teacher's exams", samples, longest, parts.exams, baseline=False)
        loads.append(own)
    return loads


def _teaching(parts: Parts, samples: int) -> Load:
    names = parts.tasks.of_role("teaching")
    return parts.teacher.plain("teaching", names, samples, parts.teaching.sampling)


def _exams(parts: Parts, samples: int, decided_early: bool) -> list[Load]:
    longest = parts.teaching.sampling.max_tokens
    return [
        student.exams(f"exams of {name}", samples, longest, parts.exams, not decided_early, decided_early)
        for name, student in parts.students.items()
    ]
