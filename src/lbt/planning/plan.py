"""Check a run's settings and data, and count what it would ask."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any

import pandas as pd

from lbt.evaluation import EvaluationSettings
from lbt.exams import ExamSettings
from lbt.generation import ModelSettings, ModelsSettings
from lbt.grading import Domain
from lbt.planning.disk import store_bytes
from lbt.planning.files import check_files
from lbt.planning.jobs import Parts, finetune_loads, search_loads
from lbt.planning.loads import Estimator, Load, Tasks, tasks_of
from lbt.planning.prompting import CHARACTERS_A_TOKEN, Prompting, prompting_of
from lbt.preferences import PreferenceSettings
from lbt.problems import ProblemSettings, check_leakage, load_problems
from lbt.prompts import PromptSettings, exam_messages, teaching_messages
from lbt.search import SearchSettings
from lbt.teaching import TeachingSettings
from lbt.training import TrainingSettings

PLACEHOLDER = "<what the teacher said about this problem>"


@dataclass(frozen=True)
class RunSettings:
    """The parameters of the stages that a model is asked in, or that limit what it may say."""

    problems: ProblemSettings
    exams: ExamSettings
    models: ModelsSettings
    prompts: PromptSettings
    teaching: TeachingSettings
    search: SearchSettings
    preferences: PreferenceSettings
    training: TrainingSettings
    evaluation: EvaluationSettings
    seed: int
    domain: Domain


def plan_run(settings: RunSettings) -> dict[str, Any]:
    """What the jobs would do with these settings, JSON-ready; no model is loaded and no server asked.

    The data are read and checked as the run does, the exams made, the first prompts rendered. Of a model on
    the hub only the small files are fetched, and it may be out of reach: then prompts are shown as messages
    and their tokens estimated.

    Returns:
        data (counts), models (where each would be asked), prompts (the first of each kind), jobs (by name:
        what is asked of which model, with sums, and the store's growth in bytes) and warnings.

    Raises:
        DataError: A problem file is missing or unusable, or a teaching problem cannot be examined.
        ModelError: A model's folder or chat template is unusable.
    """
    check_files(settings.problems)
    table, ingest = load_problems(
        settings.problems, settings.seed, settings.domain, settings.exams.maker == "family"
    )
    check_leakage(table)
    tasks = tasks_of(table, settings.exams, settings.prompts, settings.seed)
    teacher = prompting_of("teacher", settings.models.teacher, "models.teacher")
    students = {
        name: prompting_of(name, model, f"models.students.{name}")
        for name, model in settings.models.students.items()
    }
    jobs = _jobs(settings, tasks, teacher, students)
    return {
        "data": _data(table, ingest) | {"exams": _exams(tasks)},
        "models": [_describe(one) for one in (teacher, *students.values())],
        "prompts": _first_prompts(settings.prompts, tasks, teacher, next(iter(students.values()))),
        "jobs": {name: _job(loads) for name, loads in jobs.items()},
        "training": _training(settings, tasks, jobs["lbt_finetune"][0]),
        "warnings": _warnings(settings, jobs, [teacher, *students.values()]),
    }


def _data(table: pd.DataFrame, ingest: dict[str, Any]) -> dict[str, Any]:
    counts = {
        column: {str(role): _tally(rows[column]) for role, rows in table.groupby("role")}
        for column in ("level", "subject")
        if column in table
    }
    return {**ingest, **{f"by_{column}": by_role for column, by_role in counts.items()}}


def _exams(tasks: Tasks) -> dict[str, Any]:
    sizes = pd.Series([len(exam) for exam in tasks.exams.values()])
    return {"exams_by_size": _tally(sizes), "exam_problems_in_use": len(tasks.used)}


def _tally(values: pd.Series) -> dict[str, int]:
    return {str(value): int(count) for value, count in values.value_counts().sort_index().items()}


def _describe(prompting: Prompting) -> dict[str, Any]:
    counted = "by the model's tokenizer" if prompting.renderer else f"{CHARACTERS_A_TOKEN} characters a token"
    return {
        "name": prompting.name,
        "path": prompting.model.path,
        "revision": prompting.model.revision,
        "asked_at": asked_at(prompting.model),
        "chat_template": "the model's" if prompting.renderer else prompting.why_not,
        "tokens_counted": counted,
        "context": prompting.context,
    }


def asked_at(model: ModelSettings) -> str:
    """The engine that runs a model, or the server that does."""
    if model.engine == "openai" and model.server is not None:
        server = model.server
        name = server.model or model.path
        return (
            f"{', '.join(server.endpoints)} ({server.api}) as {name}, key in {server.key_variable} if needed"
        )
    if model.engine == "vllm":
        return f"vLLM in this machine, {model.vllm.tensor_parallel_size if model.vllm else 1} GPU(s)"
    return f"transformers in this machine, device {model.device}"


def _first_prompts(
    prompts: PromptSettings, tasks: Tasks, teacher: Prompting, student: Prompting
) -> dict[str, str]:
    taught, exam = next(iter(tasks.exams.items()))
    question, asked = tasks.questions[taught], tasks.questions[exam[0]]
    demos = [(question, PLACEHOLDER)]
    return {
        "teaching": teacher.render(teaching_messages(question, prompts), prompts.prefill),
        "exam": student.render(exam_messages(asked, demos, prompts), prompts.prefill),
        "baseline": student.render(exam_messages(asked, [], prompts), prompts.prefill),
    }


def _jobs(
    settings: RunSettings, tasks: Tasks, teacher: Prompting, students: dict[str, Prompting]
) -> dict[str, list[Load]]:
    estimator = Estimator(tasks, teacher)
    examined = {name: Estimator(tasks, student) for name, student in students.items()}
    parts = Parts(tasks, estimator, examined, settings.teaching, settings.exams)
    return {
        # Base and tuned teacher have one tokenizer, wherever they run.
        "lbt_finetune": finetune_loads(parts, estimator, settings.evaluation),
        "lbt_search": search_loads(parts, settings.search),
    }


def _job(loads: list[Load]) -> dict[str, Any]:
    sums = ("generations", "fewest", "prompts", "prompt_tokens", "tokens")
    return {
        "loads": [asdict(load) | {"tokens": load.tokens} for load in loads],
        "total": {name: sum(getattr(load, name) for load in loads) for name in sums},
        "store_bytes": store_bytes(loads),
    }


def _training(settings: RunSettings, tasks: Tasks, teaching: Load) -> dict[str, Any]:
    preferences = settings.preferences
    pairs = len(tasks.of_role("teaching")) * preferences.maximum_pairs_per_problem
    pairs = min(pairs, preferences.maximum_pairs or pairs)
    return {
        "most_pairs": pairs,
        "most_steps": ceil(pairs / settings.training.batch_size) * settings.training.epochs,
        "longest_pair": teaching.longest,
        "maximum_length": settings.training.maximum_length,
    }


def _warnings(
    settings: RunSettings, jobs: dict[str, list[Load]], promptings: Iterable[Prompting]
) -> list[str]:
    found = []
    contexts = {one.name: one.context for one in promptings if one.context is not None}
    for job, loads in jobs.items():
        for load in loads:
            context = contexts.get(load.model)
            if context is not None and load.longest > context:
                found.append(
                    f"{job}, {load.stage}: the longest prompt and answer may have {load.longest:,} tokens, "
                    f"but the context of {load.model} is {context:,}. Lower max_tokens."
                )
    longest, most = jobs["lbt_finetune"][0].longest, settings.training.maximum_length
    if longest > most:
        found.append(
            f"lbt_finetune, training: the longest prompt and rationale may have {longest:,} tokens; pairs of "
            f"more than {most:,} (training.maximum_length) are left out."
        )
    if settings.models.teacher.speaks_chat:
        found.append("lbt_finetune: a teacher that is only reached through a chat API cannot be trained.")
    return found
