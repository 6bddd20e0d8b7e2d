"""What the pipeline instructor asks at most."""

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

import pandas as pd

from lbt import tables
from lbt.asking import Task
from lbt.generation import ModelSettings
from lbt.grading import runs_programs
from lbt.instructor import InstructorSettings, Roles
from lbt.instructor.answering import answer_tasks
from lbt.instructor.checking import verifying_task
from lbt.instructor.making import variant_tasks, writing_tasks
from lbt.instructor.references import reference_tasks
from lbt.instructor.settings import FROM_ERRORS, Arm
from lbt.instructor.sources import Source
from lbt.planning.counting import PLACEHOLDER, CountingAsker
from lbt.planning.prompting import Prompting
from lbt.planning.settings import Job, Promptings, RunSettings
from lbt.pocket.variants import VARIED

_SHOWN = "<what the target answered>"


def can_instruct(settings: RunSettings, problems: pd.DataFrame) -> bool:
    """Whether these settings and problems are for the pipeline at all."""
    own = settings.instructor
    if own.target not in settings.models.students or runs_programs(settings.graded_by):
        return False
    taught = problems[problems["role"] == "teaching"]
    varied = own.questions == "written" or set(taught["source"]) <= VARIED
    return varied and bool(problems["role"].eq("evaluation").any())


def instructor_job(settings: RunSettings, problems: pd.DataFrame, promptings: Promptings) -> Job:
    """What the pipeline asks if the target answers every training problem wrongly, and nothing is dropped.

    These are upper bounds: outcomes decide how many errors there are and which items are worth verifying.
    The first iteration's requests are counted, and as many for every further one.
    """
    own = settings.instructor
    # What stands for the target's answers in a prompt counts as long as they may be.
    answers = settings.teaching.model_copy(update={"samples": 1, "sampling": own.answering})
    asker = CountingAsker(settings.prompts, settings.graded_by, promptings, answers, settings.debug)
    roles = Roles.of(asker, problems, settings.models, own)
    roles = replace(roles, taught=_as_many(roles.taught, own), target=settings.models.students[own.target])
    _plan_answers(asker, roles, settings)
    prompts: dict[str, str] = {}
    for arm in own.arms:
        if arm != "original":
            prompts |= _plan_arm(asker, roles, arm, promptings[roles.instructor])
    shown = {f"instructor, {name}": text.replace(PLACEHOLDER, _SHOWN) for name, text in prompts.items()}
    return Job(asker.loads, prompts=shown)


def _as_many(taught: pd.DataFrame, own: InstructorSettings) -> pd.DataFrame:
    """As many training problems as the pipeline draws, which another job may not have drawn."""
    if own.problems is None or taught.empty or not set(taught["source"]) <= VARIED:
        return taught
    return pd.concat([taught] * ceil(own.problems / len(taught)), ignore_index=True).head(own.problems)


def _plan_answers(asker: CountingAsker, roles: Roles, settings: RunSettings) -> None:
    """Count the instructor's and the targets' answers to problems."""
    own, taught = roles.settings, roles.taught
    if own.needs_references:
        asker.ask(
            roles.instructor, "answers of the instructor", reference_tasks(roles), tables.instructor_replies
        )
    golds = dict(zip(taught["problem_id"], taught["answer"], strict=True))
    for arm in ("base", *own.arms):
        trained = 0 if arm == "base" else own.iterations
        again = 1 if arm == "base" else (own.iterations - 1) * (arm in FROM_ERRORS)
        for role, tasks, times in (
            ("held out", answer_tasks(roles, arm, 0, None, settings.evaluation.greedy), trained or 1),
            ("training", answer_tasks(roles, arm, 0, golds, settings.evaluation.greedy), again),
        ):
            of_role = tasks if role == "held out" else tasks[len(roles.held_out) :]
            stage = f"answers of the target, {arm}: {role}"
            _count(asker, roles.target, stage, of_role, len(of_role) * times)


def _plan_arm(asker: CountingAsker, roles: Roles, arm: Arm, prompting: Prompting) -> dict[str, str]:
    """Count the arm's requests, and return the first prompt of each kind."""
    own, sources = roles.settings, _sources(roles, arm)
    most = _most_items(own, arm, len(sources))
    if own.questions == "written":
        tasks = writing_tasks(roles, arm, 1, sources)
        items = [
            {"item_id": "", "arm": arm, "iteration": 1, "question": source.question, "answer": "1"}
            for source in sources
        ]
        kind, requests = "new problems", len(tasks)
    else:
        items, tasks = variant_tasks(roles, arm, 1, sources)
        kind, requests = "worked answers", most
    _count(asker, roles.instructor, f"{arm}: {kind}", tasks, requests * own.iterations)
    prefill = roles.asker.prompts.prefill
    prompts = {f"{arm}: {kind}": prompting.render(tasks[0].messages, prefill)}
    if own.verify == "majority":
        votes = [verifying_task(roles, item, task) for item, task in zip(items, tasks, strict=True)]
        _count(asker, roles.instructor, f"{arm}: verification", votes, most * own.iterations)
        prompts[f"{arm}: verification"] = prompting.render(votes[0].messages, prefill)
    return prompts


def _sources(roles: Roles, arm: Arm) -> list[Source]:
    """Every training problem as an error, with the longest questions in contrast."""
    rows = list(roles.taught[["problem_id", "family", "question"]].itertuples(index=False))
    if arm == "blind":
        return [Source(*row) for row in rows[: roles.settings.items]]
    count = roles.settings.contrast.count if arm == "lec" else 0
    longest = sorted((row[2] for row in rows), key=len, reverse=True)[:count]
    contrast = tuple((question, PLACEHOLDER) for question in longest)
    return [Source(name, family, text, PLACEHOLDER, contrast) for name, family, text in rows]


def _most_items(own: InstructorSettings, arm: Arm, sources: int) -> int:
    """The most items that are asked for, over every number of errors; the blind arm's number is known."""
    possible = [sources] if arm == "blind" else range(1, sources + 1)
    return max(count * own.for_each(count) for count in possible)


def _count(
    asker: CountingAsker, model: ModelSettings, stage: str, tasks: Sequence[Task], requests: int
) -> None:
    """Count some tasks as if there were so many like them."""
    if not tasks or not requests:
        return
    schema = tables.instructor_answers if "role" in tasks[0].columns else tables.instructor_replies
    asker.ask(model, stage, tasks, schema)
    load, times = asker.loads.pop(), requests / len(tasks)
    fewest = load.generations if times == 1 and "base" in stage else 0
    asker.loads.append(
        replace(
            load,
            generations=ceil(load.generations * times),
            fewest=fewest,
            prompts=requests,
            prompt_tokens=ceil(load.prompt_tokens * times),
        )
    )
