"""Write a plan as text."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Plan = Mapping[str, Any]

_ROLES = ("teaching", "exam", "evaluation")
_COLUMNS = ("stage", "model", "generations", "at least", "prompts", "prompt tokens", "generated tokens")


def describe_plan(plan: Plan) -> str:
    """The first prompts, then data, models, and what each job would ask; the most important stands last."""
    lines = [
        *_prompts(plan["prompts"], plan["models"]),
        *_data(plan["data"]),
        *_models(plan["models"], any(job["seconds"] for job in plan["jobs"].values())),
        *_placements(plan["placements"]),
        *(line for name, job in plan["jobs"].items() for line in _job(name, job)),
        *(_training(plan["training"]) if plan["training"] else ()),
        *_notes(plan),
    ]
    return "\n".join(lines) + "\n"


def _prompts(prompts: Mapping[str, str], models: Sequence[Plan]) -> Iterator[str]:
    teacher, student = models[0], models[1]
    whose = {"teaching": teacher, "exam": student, "baseline": student}
    for kind, prompt in prompts.items():
        yield f"===== {_title(kind, whose[kind]) if kind in whose else kind}"
        yield prompt
        yield "===== end"
        yield ""


def _title(kind: str, model: Plan) -> str:
    template = model["chat_template"]
    shown = "" if template == "the model's" else f"; as messages, since the chat template is {template}"
    return f"The first {kind} prompt, for {model['name']}{shown}"


def _data(data: Plan) -> Iterator[str]:
    counts = ", ".join(f"{count:,} {role}" for role, count in data["by_role"].items())
    files = data.get("rows_by_file", {data["source"]: data["rows_read"]})
    read = ", ".join(f"{rows:,} of {file}" for file, rows in files.items())
    yield f"Data: {counts} problems; rows read: {read}"
    exams = data["exams"]
    sizes = ", ".join(f"{count:,} of {size}" for size, count in exams["exams_by_size"].items())
    yield f"  exams by number of exam problems: {sizes} ({exams['exam_problems_in_use']:,} problems in use)"
    asked = sum(int(size) * count for size, count in exams["exams_by_size"].items())
    same = f"{exams['with_same_answer']:,} of {asked:,} (exams.same_answer: {exams['same_answer']})"
    yield f"  exam problems with the taught problem's answer: {same}"
    for bad in data["set_aside"]:
        yield f"  set aside: {bad['file']}:{bad['row']}: {bad['field']} {bad['reason']}"
    for column in ("level", "subject"):
        if f"by_{column}" in data:
            yield from _tally(column, data[f"by_{column}"])
    yield ""


def _tally(column: str, by_role: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    groups = sorted({group for counts in by_role.values() for group in counts})
    roles = [role for role in _ROLES if role in by_role]
    rows = [[group, *(f"{by_role[role].get(group, 0):,}" for role in roles)] for group in groups]
    yield from _table([column, *roles], rows, words=1)


def _models(models: Sequence[Plan], asked: bool) -> Iterator[str]:
    yield "Models" if asked else "Models (none was asked)"
    for model in models:
        revision = f" at {model['revision']}" if model["revision"] else ""
        context = f", context {model['context']:,}" if model["context"] else ""
        yield f"  {model['name']}: {model['path']}{revision}: {model['asked_at']}"
        yield (
            f"    chat template: {model['chat_template']}; prompt tokens: {model['tokens_counted']}{context}"
        )
    yield ""


def _placements(placements: Sequence[Plan]) -> Iterator[str]:
    """Nothing where all models are in this machine."""
    if all(set(one["where"]) <= {"this machine"} and not one["fault"] for one in placements):
        return
    yield "Where the models would be"
    for one in placements:
        where = ", ".join(f"{count} on {machine}" for machine, count in one["where"].items()) or "nowhere"
        gpus = f", {one['gpus']:g} GPUs" if one["gpus"] else ""
        yield f"  {one['model']}: {where}{gpus}"
    yield ""


def _job(name: str, job: Plan) -> Iterator[str]:
    yield f"kedro run --pipeline={name} would ask at most"
    loads = [*job["loads"], {"stage": "total", "model": "", **job["total"]}]
    numbers = ("generations", "fewest", "prompts", "prompt_tokens", "tokens")
    rows = [[load["stage"], load["model"], *(f"{load[key]:,}" for key in numbers)] for load in loads]
    yield from _table(_COLUMNS, rows, words=2)
    yield f"  The store grows by at most {_size(job['store_bytes'])}."
    if job["seconds"]:
        yield from _time(job["seconds"])
    if "hours" in job:
        yield from _hours(job)
    yield ""


def _time(seconds: Mapping[str, float]) -> Iterator[str]:
    stages = ", ".join(f"{stage} {_duration(value)}" for stage, value in seconds.items())
    yield f"  Answering takes about {_duration(sum(seconds.values()))} if all this is asked: {stages}."
    yield "  Predicted from answers generated now and not kept; grading and training are left out."


def _hours(job: Plan) -> Iterator[str]:
    stages = ", ".join(f"{stage} {_duration(hours * 3600)}" for stage, hours in job["hours"].items())
    total = _duration(sum(job["hours"].values()) * 3600)
    cost = f", which cost {job['cost']:,.2f}" if job["cost"] is not None else ""
    yield f"  At dry_run.tokens_per_s, answers of the greatest length allowed take {total}: {stages}."
    if job["gpu_hours"]:
        yield f"  That is {job['gpu_hours']:,.1f} GPU-hours{cost}."


def _training(training: Plan) -> Iterator[str]:
    yield (
        f"Training (lbt_finetune): at most {training['most_pairs']:,} pairs in {training['most_steps']:,} "
        f"steps; the longest pair {training['longest_pair']:,} of {training['maximum_length']:,} tokens"
    )
    yield ""


def _notes(plan: Plan) -> Iterator[str]:
    yield "At least: every teaching problem has one distinct rationale, since equal ones are examined once."
    if "lbt_refine" in plan["jobs"]:
        yield "Refining asks at least what its start and its last sets need; failures decide the rest."
    yield "Tokens: every answer and every rationale in a prompt is as long as max_tokens allows."
    yield "What the store holds, which all jobs share, is not asked again; that is not subtracted here."
    for warning in plan["warnings"]:
        yield f"Warning: {warning}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], words: int) -> Iterator[str]:
    """Columns side by side, the first `words` aligned left."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        cells = [
            f"{cell:<{width}}" if place < words else f"{cell:>{width}}"
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  " + "  ".join(cells).rstrip()


def _size(count: int) -> str:
    return f"{count / 1e9:,.1f} GB" if count >= 1e9 else f"{count / 1e6:,.1f} MB"


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
