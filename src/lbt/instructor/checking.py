"""Which of the instructor's items may be learned, and why the others may not."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from lbt import tables
from lbt.asking import Asked, OpenModel, Task
from lbt.grading import COUNTED
from lbt.instructor.leaks import EvaluationQuestions, Seen
from lbt.instructor.making import Draft
from lbt.instructor.roles import Roles, columns_of
from lbt.prompts import teaching_messages
from lbt.training import Training, items_that_fit

Item = dict[str, Any]


def check_items(draft: Draft, seen: Seen, held_out: EvaluationQuestions, training: Training[Any]) -> None:
    """Give a `fate` to every item that cannot be used; those that may be have none yet.

    Args:
        draft: Its items are changed.
        seen: Questions that may not come again: the training problems', and those that the arm has had.
            The new ones are added.
        held_out: Questions that nobody may learn from.
        training: How items will be learned, which bounds their length.
    """
    for item in draft.items:
        item["fate"] = _fate(item, seen, held_out)
    open_items = [item for item in draft.items if item["fate"] is None]
    for item, fits in zip(open_items, items_that_fit(pd.DataFrame(open_items), training), strict=True):
        item["fate"] = None if fits else "too_long"


def _fate(item: Item, seen: Seen, held_out: EvaluationQuestions) -> str | None:
    if item["question"] is None:
        return "unparsable"
    if item["finish_reason"] != "stop" or item["answer"] is None:
        return "unanswered"
    if item["question"] in held_out:
        return "leaked"
    return None if seen.add(item["question"]) else "duplicate"


def verify_items(model: OpenModel, roles: Roles, draft: Draft) -> Asked | None:
    """Let the instructor solve its own problems again, or hold its solutions against known answers.

    Items without a fate get `agreeing`, and the fate "unverified" where no majority agrees. Returns what was
    asked, None if nothing was.
    """
    if roles.settings.verify == "none":
        return None
    if roles.settings.verify == "answer":
        for item in draft.items:
            if item["fate"] is None and not item["right"]:
                item["fate"] = "unverified"
        return None
    checked = [place for place, item in enumerate(draft.items) if item["fate"] is None]
    tasks = [verifying_task(roles, draft.items[place], draft.tasks[place]) for place in checked]
    first = draft.items[checked[0]] if checked else {"arm": "", "iteration": ""}
    part = f"{first['arm']}, iteration {first['iteration']}: verification"
    asked = model.ask(tasks, tables.instructor_replies, part)
    votes = asked.table[asked.table["sample_index"] >= _own_solutions(roles)]
    votes = votes[votes["verdict"].isin(COUNTED)]
    agreed = votes["verdict"].eq("correct").groupby(votes["about"]).agg(["sum", "count"])
    counts = {str(name): (int(row["sum"]), int(row["count"])) for name, row in agreed.iterrows()}
    for place in checked:
        item = draft.items[place]
        item["agreeing"], of = counts.get(item["item_id"], (0, 0))
        item["fate"] = None if 2 * item["agreeing"] > of else "unverified"
    return asked


def verifying_task(roles: Roles, item: Item, made_by: Task) -> Task:
    """The item's question `votes` times, in the words in which the instructor solved it the first time.

    A written item was solved as it was written, so its question is asked plainly.
    """
    columns = columns_of(item["arm"], item["iteration"], "verifying", item["item_id"])
    samples = roles.settings.votes + _own_solutions(roles)
    messages = (
        made_by.messages
        if roles.settings.questions == "variants"
        else teaching_messages(item["question"], roles.asker.prompts)
    )
    return Task(messages, str(item["answer"]), columns, samples, roles.settings.solving)


def _own_solutions(roles: Roles) -> int:
    """Of the answers to the question of a variant the first is the solution itself, and has no vote."""
    return 1 if roles.settings.questions == "variants" else 0


@dataclass(frozen=True)
class Tally:
    """What became of an arm's items, in words."""

    items: Iterable[Item]

    def __str__(self) -> str:
        counts = pd.Series([item["fate"] or "usable" for item in self.items]).value_counts().sort_index()
        return ", ".join(f"{count} {name}" for name, count in counts.items())
