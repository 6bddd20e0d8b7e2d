"""The instructor's items of one arm and iteration, before it is known which are kept."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from lbt import tables
from lbt.asking import Asked, OpenModel, Task
from lbt.grading import Attempt, grade_many
from lbt.instructor.parsing import format_items, read_items
from lbt.instructor.roles import Roles, columns_of
from lbt.instructor.settings import Arm
from lbt.instructor.sources import Source
from lbt.pocket.variants import draw_variants
from lbt.prompts import Message
from lbt.seeds import derive_seed

_PLACE = re.compile(r"\{(\w+)\}")
_TRIES = 200
"""Draws in a row that have come before, after which a family counts as exhausted."""


@dataclass(frozen=True)
class Draft:
    """Items as they were read, as rows of `instructor_items` without a fate."""

    items: list[dict[str, Any]]
    tasks: list[Task]
    """The request that each item came from."""


def write_items(
    model: OpenModel, roles: Roles, arm: Arm, iteration: int, sources: list[Source]
) -> tuple[Draft, Asked]:
    """Let the instructor write new problems with solutions, a request a source."""
    tasks = writing_tasks(roles, arm, iteration, sources)
    asked = model.ask(tasks, tables.instructor_replies, f"{arm}, iteration {iteration}: new problems")
    items: list[dict[str, Any]] = []
    requests: list[Task] = []
    replies = asked.table[["text", "finish_reason"]].itertuples(index=False)
    for task, source, (text, finish) in zip(tasks, sources, replies, strict=True):
        reading = read_items(text, cut=finish == "length")
        rows: list[tuple[str | None, str | None]] = [*reading.items] or [(None, None)]
        items += [
            _row(arm, iteration, len(items) + place, source)
            | {"form": reading.form, "question": question, "solution": solution}
            | {"finish_reason": "stop" if reading.items else finish}
            for place, (question, solution) in enumerate(rows)
        ]
        requests += [task] * len(rows)
    return Draft(_with_answers(roles, items), requests), asked


def writing_tasks(roles: Roles, arm: Arm, iteration: int, sources: list[Source]) -> list[Task]:
    """The requests for new problems."""
    count = roles.settings.for_each(max(len(sources), 1))
    return [
        Task(
            writing_messages(roles, arm, source, count),
            "",
            columns_of(arm, iteration, "writing", source.problem_id),
            1,
            roles.settings.writing,
        )
        for source in sources
    ]


def writing_messages(roles: Roles, arm: Arm, source: Source, count: int) -> list[Message]:
    """The messages that ask for new problems: the tutor's role and form, then what they are to be about."""
    prompts = roles.settings.prompts
    user = {"blind": prompts.imitation, "le": prompts.error, "lec": prompts.contrast}[arm]
    listed = "\n".join(
        _filled(prompts.right, {"question": question, "number": str(number)})
        for number, (question, _) in enumerate(source.contrast, start=1)
    )
    form = format_items([("(the problem)", "(the worked solution)")])
    told = {
        "form": form, "count": str(count), "right": listed or "(none)",
        "question": source.question, "answer": source.wrong or "",
    }  # fmt: skip
    return [
        {"role": "system", "content": _filled(prompts.tutor, told)},
        {"role": "user", "content": _filled(user, told)},
    ]


def solve_variants(
    model: OpenModel, roles: Roles, arm: Arm, iteration: int, sources: list[Source]
) -> tuple[Draft, Asked]:
    """New numbers for each source, which the instructor works out, after the nearest demo in the arm lec.

    Where solutions are held against the known answers, it may try each as often as a training problem, and
    the first right one counts.
    """
    rows, tasks = variant_tasks(roles, arm, iteration, sources)
    asked = model.ask(tasks, tables.instructor_replies, f"{arm}, iteration {iteration}: worked answers")
    tries = asked.table.assign(right=asked.table["verdict"].eq("correct"))
    # stable: the first right one, or else the first
    best = (
        tries.sort_values("right", ascending=False, kind="stable").drop_duplicates("about").set_index("about")
    )
    items = []
    for row in rows:
        text, answer, finish, verdict = best.loc[
            row["item_id"], ["text", "answer", "finish_reason", "verdict"]
        ]
        items.append(
            row
            | {
                "solution": text,
                "answer": answer if isinstance(answer, str) else None,
                "finish_reason": finish,
            }
            | {"right": None if verdict == "error" else verdict == "correct"}
        )
    return Draft(items, tasks), asked


def variant_tasks(
    roles: Roles, arm: Arm, iteration: int, sources: list[Source]
) -> tuple[list[dict[str, Any]], list[Task]]:
    """The drawn problems as rows of items, and their tasks.

    A variant is lucky if its source is, so that an error leads to numbers on which it shows. A family's
    variants are the same in every arm of an iteration.
    """
    lucky = dict(zip(roles.taught["problem_id"], roles.taught["lucky"].fillna(False), strict=True))
    draws: dict[tuple[str, bool], Iterator[tuple[str, str]]] = {}
    drawn: dict[str, set[str]] = defaultdict(set)
    rows: list[dict[str, Any]] = []
    tasks = []
    samples = roles.settings.solutions if roles.settings.verify == "answer" else 1
    for _ in range(roles.settings.for_each(max(len(sources), 1))):
        for source in sources:
            kind = source.family, bool(lucky[source.problem_id])
            if kind not in draws:
                draws[kind] = draw_variants(*kind, _stream(roles, iteration, *kind))
            found = _new(draws[kind], drawn[source.family])
            if found is None:
                continue
            row = _row(arm, iteration, len(rows), source) | {"form": "drawn", "question": found[0]}
            columns = columns_of(arm, iteration, "solving", row["item_id"])
            demo = source.contrast[0] if source.contrast else None
            tasks.append(roles.question(*found, columns, samples, demo))
            rows.append(row)
    return rows, tasks


def _stream(roles: Roles, iteration: int, family: str, lucky: bool) -> Random:
    return Random(derive_seed(roles.asker.seed, "variants", str(iteration), family, str(lucky)))


def _new(draws: Iterator[tuple[str, str]], drawn: set[str]) -> tuple[str, str] | None:
    """The next variant that has not come yet; None where a family seems to have no more."""
    for _, (question, answer) in zip(range(_TRIES), draws, strict=False):
        if question not in drawn:
            drawn.add(question)
            return question, answer
    return None


def _row(arm: Arm, iteration: int, number: int, source: Source) -> dict[str, Any]:
    return {
        "item_id": f"{arm}/{iteration}/{number}",
        "arm": arm,
        "iteration": iteration,
        "source_id": source.problem_id,
        "family": source.family,
        "contrast": " ".join(source.contrast_ids) or None,
        "answer": None,
        "agreeing": None,
        "right": None,
        "mixed": False,
    }


def _with_answers(roles: Roles, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The answer that each solution states, as the domain reads it."""
    solved = [item for item in items if item["solution"] is not None]
    attempts = [Attempt("", item["solution"], False) for item in solved]
    graded = grade_many(roles.asker.domain, attempts, cache=roles.asker.store.path)
    for item, one in zip(solved, graded, strict=True):
        item["answer"] = one.answer
    return items


def _filled(text: str, told: dict[str, str]) -> str:
    """The text with its places filled in; what is filled in is not read again."""
    return _PLACE.sub(lambda place: told.get(place[1], place[0]), text)
