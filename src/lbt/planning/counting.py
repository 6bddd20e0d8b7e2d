"""An asker that counts what it is asked, so that a dry run goes through the same stages as a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Event
from typing import Any

import pandas as pd
import pandera.pandas as pa

from lbt.asking import Asked, Asker, OpenModel, Task
from lbt.generation import GenerationStore, ModelSettings
from lbt.grading import Domain
from lbt.planning.prompting import Prompting
from lbt.prompts import PromptSettings
from lbt.tables import make_table
from lbt.teaching import TeachingSettings

PLACEHOLDER = "<what the teacher said about this problem>"


@dataclass(frozen=True)
class Load:
    """What one model is asked for one purpose. All counts except `fewest` are upper bounds."""

    stage: str
    model: str
    generations: int
    fewest: int
    """Generations if every teaching problem had one distinct rationale."""
    prompts: int
    """Each is sent once, for all its answers."""
    prompt_tokens: int
    max_tokens: int
    """Of an answer."""
    longest: int
    """Tokens of the longest prompt and answer together."""

    @property
    def tokens(self) -> int:
        """Generated tokens."""
        return self.generations * self.max_tokens


class CountingAsker(Asker):
    """Answers every task once, rightly, and with a placeholder; keeps account of what a real model would do.

    Each teaching problem so has one distinct rationale. An exam with it is counted as often as the problem
    may have distinct rationales, and the placeholder as the longest text that the teacher may write.

    Args:
        prompts: What stands around a question.
        domain: What an answer is.
        promptings: How each model is prompted.
        teaching: How many rationales a teaching problem has, and how long they may be.
    """

    def __init__(
        self,
        prompts: PromptSettings,
        domain: Domain,
        promptings: Mapping[ModelSettings, Prompting],
        teaching: TeachingSettings,
    ) -> None:
        super().__init__(prompts, GenerationStore(""), 0, domain)  # a store that is never opened
        self.promptings = promptings
        self.teaching = teaching
        self.loads: list[Load] = []

    def open(self, model: ModelSettings, label: str, stopping: Event | None = None) -> OpenModel:
        """A model that is not there."""
        return _CountedModel(self, self.promptings[model], label)


class _CountedModel(OpenModel):
    def __init__(self, asker: CountingAsker, prompting: Prompting, label: str) -> None:
        self._counting = asker
        self._prompting = prompting
        self._label = label

    def ask(self, tasks: Sequence[Task], schema: pa.DataFrameSchema, part: str = "") -> Asked:
        stage = f"{self._label}: {part}" if part else self._label
        if len(tasks):
            self._counting.loads.append(self._load(stage, list(tasks)))
        number = "repeat" if "repeat" in schema.columns else "sample_index"
        rows = [{**task.columns, number: task.first_index, **_answer(task)} for task in tasks]
        return Asked(make_table(schema, rows), {})

    def __exit__(self, *_: object) -> None:
        """There is nothing to free."""

    def _load(self, stage: str, tasks: Sequence[Task]) -> Load:
        prefill, most = self._counting.prompts.prefill, self._counting.teaching.samples
        texts = [self._prompting.render(task.messages, prefill) for task in tasks]
        placeholder, *sizes = self._prompting.count([PLACEHOLDER, *texts])
        longer = self._counting.teaching.sampling.max_tokens - placeholder
        tokens = [size + longer * text.count(PLACEHOLDER) for size, text in zip(sizes, texts, strict=True)]
        times = [most if _has_demo(task) else 1 for task in tasks]
        return Load(
            stage,
            self._prompting.name,
            sum(task.samples * count for task, count in zip(tasks, times, strict=True)),
            sum(task.samples for task in tasks),
            sum(times),
            sum(size * count for size, count in zip(tokens, times, strict=True)),
            max(task.sampling.max_tokens for task in tasks),
            max(size + task.sampling.max_tokens for size, task in zip(tokens, tasks, strict=True)),
        )


def _has_demo(task: Task) -> bool:
    return pd.notna(task.columns.get("demo_id"))


def _answer(task: Task) -> dict[str, Any]:
    return {
        "text": PLACEHOLDER,
        "answer": task.gold,
        "verdict": "correct",
        "finish_reason": "stop",
        "tokens": 0,
    }
