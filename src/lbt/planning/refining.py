"""What a refinement asks: its own rounds, in which everything goes as badly, and costs as much, as it may."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import pandas as pd

from lbt.asking import Task
from lbt.generation import ModelsSettings
from lbt.planning.counting import PLACEHOLDER, CountingAsker, Load
from lbt.prompts.reflection import fill
from lbt.refine import RefineSettings, refine

_ROUND = re.compile(r", round ([0-9]+)")
_PART = re.compile(r"refining, (?P<who>.+): (?P<arm>[a-z_]+): (?P<purpose>exams|reasons|writing)")
_FIRST = ("start", "random_search")
"""Whose exemplars are written without failures."""
_TITLES = {
    "exams": "refining: the first exam with exemplars, for {who}",
    "first writing": "refining: the first exemplars, for {who}",
    "reasons": "refining: why exemplars misled, for {who}",
    "writing": "refining: new exemplars, for {who}",
}
_FORM = "<example><question>{question}</question><answer>{answer}</answer></example>"


class RefiningAsker(CountingAsker):
    """Counts with answers that cost most: exams are failed, and all that is written is usable and new."""

    def __init__(self, *args: Any, settings: RefineSettings, labels: Sequence[str]) -> None:
        super().__init__(*args)
        self._settings = settings
        self._labels = labels
        self._numbers = count()

    def distinct(self, tasks: Sequence[Task]) -> list[Task]:
        """Equal ones are generated once."""
        return list({tuple(turn["content"] for turn in task.messages): task for task in tasks}.values())

    def answers(self, task: Task, part: str) -> Iterable[dict[str, Any]]:
        """As many as are drawn."""
        purpose = part.partition(": ")[2].partition(",")[0]
        for _ in range(task.samples):
            if purpose == "writing":
                yield self._answer(task, self._written(), "wrong")
            elif purpose == "exams":
                yield self._answer(task, PLACEHOLDER, "wrong")
            else:
                yield self._answer(task, f"{PLACEHOLDER} {next(self._numbers)}", "correct")

    def first_of_a_kind(self) -> dict[str, str]:
        """The first prompts of a refinement by what they are and for whom."""
        found: dict[str, str] = {}
        for stage, prompt in self.first_prompts.items():
            if part := _PART.match(stage):
                purpose = "first writing" if part["arm"] in _FIRST else part["purpose"]
                if title := _TITLES.get(purpose):
                    found.setdefault(title.format(who=part["who"]), prompt)
        return found

    def _written(self) -> str:
        """A set; its first question stands for all the text of a reply."""
        examples = []
        for place in range(self._settings.exemplars or 1):
            question = f"{PLACEHOLDER if place == 0 else 'question'} {next(self._numbers)}"
            answer = self._labels[place % len(self._labels)]
            examples.append(fill(_FORM, {"question": question, "answer": answer}))
        return "\n".join(examples)

    def _answer(self, task: Task, text: str, verdict: str) -> dict[str, Any]:
        return {
            "text": text,
            "answer": task.gold,
            "verdict": verdict,
            "finish_reason": "stop",
            "tokens": 0,
        }


def count_refinement(
    asker: RefiningAsker, problems: pd.DataFrame, models: ModelsSettings, settings: RefineSettings
) -> list[Load]:
    """The loads of all rounds by purpose; one repeat is counted and taken so many times."""
    once = settings.model_copy(update={"repeats": 1})
    refine(asker, problems, models, asker.teaching, once)
    found: dict[tuple[str, str], Load] = {}
    for load in asker.loads:
        stage, later = _ROUND.sub("", load.stage), _ROUND.search(load.stage)
        if later and int(later[1]):
            load = replace(load, fewest=0)  # what failed decides what is asked
        if stage.endswith("writing"):
            load = _times(load, 2, load.fewest)  # a reply that cannot be used is asked for once more
        before = found.get((stage, load.model))
        found[stage, load.model] = _sum(before, load) if before else replace(load, stage=stage)
    repeats = settings.repeats
    return [_times(load, repeats, load.fewest * repeats) for load in found.values()]


def _sum(one: Load, other: Load) -> Load:
    return replace(
        one,
        generations=one.generations + other.generations,
        fewest=one.fewest + other.fewest,
        prompts=one.prompts + other.prompts,
        prompt_tokens=one.prompt_tokens + other.prompt_tokens,
        longest=max(one.longest, other.longest),
    )


def _times(load: Load, factor: int, fewest: int) -> Load:
    return replace(
        load,
        generations=load.generations * factor,
        fewest=fewest,
        prompts=load.prompts * factor,
        prompt_tokens=load.prompt_tokens * factor,
    )
