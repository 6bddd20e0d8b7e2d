"""Check a run's settings and data, and count what it would ask."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from math import ceil
from typing import Any

import pandas as pd

from lbt.exams import ExamPapers
from lbt.generation import ModelSettings
from lbt.planning.counting import PLACEHOLDER, Load
from lbt.planning.disk import store_bytes
from lbt.planning.jobs import jobs_to_plan
from lbt.planning.placing import Placement, cost_of, place_models
from lbt.planning.probing import Speed, probe
from lbt.planning.prompting import CHARACTERS_A_TOKEN, Prompting, by_model, prompting_of
from lbt.planning.settings import Job, RunSettings
from lbt.problems import check_leakage
from lbt.prompts import PromptSettings, exam_messages, teaching_messages


def plan_run(settings: RunSettings, problems: pd.DataFrame, ingest: Mapping[str, Any]) -> dict[str, Any]:
    """What the jobs would do with these settings, JSON-ready.

    No model is loaded and no server asked, unless a probe is wanted.

    The exams are made and the first prompts rendered as in a run. Of a model on the hub only the small files
    are fetched, and it may be out of reach: then prompts are shown as messages and their tokens estimated.

    Args:
        settings: Of all stages.
        problems: The table `problems`.
        ingest: The report of where they come from.

    Returns:
        data (counts), models (where each would be asked), prompts (the first of each kind), jobs (by name:
        what is asked of which model, with sums, the store's growth in bytes, the seconds of each stage that
        was probed, and hours and cost if a speed is given), placements (of the models) and warnings.

    Raises:
        DataError: A problem has two roles, or a teaching problem cannot be examined.
        ModelError: A model's folder or chat template is unusable.
    """
    check_leakage(problems)
    models = {"teacher": settings.models.teacher, **settings.models.students}
    parameters = {name: f"models.students.{name}" for name in settings.models.students}
    described = [
        prompting_of(name, model, parameters.get(name, "models.teacher")) for name, model in models.items()
    ]
    promptings = by_model(described)
    kinds = jobs_to_plan(settings, problems)
    jobs = {name: kind.count(settings, problems, promptings) for name, kind in kinds.items()}
    loads = {name: job.loads for name, job in jobs.items()}
    speeds = _probe(settings, jobs)
    placements = place_models(models)
    return {
        "data": {**ingest, **_counts(problems)},
        "models": [_describe(one) for one in described],
        "prompts": _first_prompts(settings.prompts, problems, jobs.values(), described),
        "placements": placements,
        "jobs": {
            name: _job(of_job, speeds.get(name, {})) | _cost(settings, of_job, placements)
            for name, of_job in loads.items()
        },
        "training": _training(settings, problems, loads["lbt_finetune"][0])
        if "lbt_finetune" in loads
        else None,
        "warnings": [
            *_warnings(settings, loads, promptings.values()),
            *(one["fault"] for one in placements if one["fault"]),
        ],
    }


def _counts(table: pd.DataFrame) -> dict[str, Any]:
    return {
        f"by_{column}": {str(role): _tally(rows[column]) for role, rows in table.groupby("role")}
        for column in ("level", "subject")
        if column in table
    }


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
    if model.engine == "ray":
        where = (model.ray and model.ray.address) or "this machine"
        return f"Ray on {where}, {model.inner.engine} in its actors"
    if model.engine == "vllm":
        return f"vLLM on this machine, {model.vllm.tensor_parallel_size if model.vllm else 1} GPU(s)"
    if model.engine == "scripted":
        return "a script of answers"
    return f"transformers on this machine, device {model.device}"


def _first_prompts(
    prompts: PromptSettings, problems: pd.DataFrame, jobs: Collection[Job], models: list[Prompting]
) -> dict[str, str]:
    found: dict[str, str] = {}
    for job in jobs:
        if job.papers is not None and not found:
            found |= _of_an_exam(prompts, problems, job.papers, models)
    for job in jobs:
        found |= job.prompts
    return found


def _of_an_exam(
    prompts: PromptSettings, problems: pd.DataFrame, papers: ExamPapers, models: list[Prompting]
) -> dict[str, str]:
    teacher, student = models[0], models[1]
    questions = dict(zip(problems["problem_id"], problems["question"], strict=True))
    first = papers.of_demos()[0]
    taught, asked = questions[first["teaching_problem_id"]], questions[first["exam_problem_id"]]
    return {
        "teaching": teacher.render(teaching_messages(taught, prompts), prompts.prefill),
        "exam": student.render(exam_messages(asked, [(taught, PLACEHOLDER)], prompts), prompts.prefill),
        "baseline": student.render(exam_messages(asked, [], prompts), prompts.prefill),
    }


def _probe(settings: RunSettings, jobs: Mapping[str, Job]) -> dict[str, dict[str, Speed]]:
    """By job and stage."""
    if not settings.dry_run.probe:
        return {}
    samples = {(name, stage): one for name, job in jobs.items() for stage, one in job.samples.items()}
    speeds = probe(samples, settings.prompts.prefill, PLACEHOLDER, settings.dry_run.probe)
    return {
        name: {stage: speed for (of_job, stage), speed in speeds.items() if of_job == name} for name in jobs
    }


def _job(loads: list[Load], speeds: Mapping[str, Speed]) -> dict[str, Any]:
    sums = ("generations", "fewest", "prompts", "prompt_tokens", "tokens")
    return {
        "loads": [asdict(load) | {"tokens": load.tokens} for load in loads],
        "total": {name: sum(getattr(load, name) for load in loads) for name in sums},
        "store_bytes": store_bytes(loads),
        "seconds": {
            load.stage: round(speeds[load.stage].predict(load.generations), 1)
            for load in loads
            if load.stage in speeds
        },
    }


def _cost(settings: RunSettings, loads: list[Load], placements: list[Placement]) -> dict[str, Any]:
    speed, price = settings.dry_run.tokens_per_s, settings.dry_run.price_per_gpu_hour
    return {} if speed is None else cost_of(loads, placements, speed, price)


def _training(settings: RunSettings, problems: pd.DataFrame, teaching: Load) -> dict[str, Any]:
    preferences = settings.preferences
    pairs = int(problems["role"].eq("teaching").sum()) * preferences.maximum_pairs_per_problem
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
    if "lbt_finetune" not in jobs:
        return found
    longest, most = jobs["lbt_finetune"][0].longest, settings.training.maximum_length
    if longest > most:
        found.append(
            f"lbt_finetune, training: the longest prompt and rationale may have {longest:,} tokens; pairs of "
            f"more than {most:,} (training.maximum_length) are left out."
        )
    if settings.models.teacher.speaks_chat:
        found.append("lbt_finetune: a teacher that is only reached through a chat API cannot be trained.")
    return found
