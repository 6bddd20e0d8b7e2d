"""An asker that counts what it is asked, so that a dry run goes through the same stages as a run."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Event
from typing import Any

import pandas as pd
import pandera.pandas as pa

from lbt.asking import Asked, Asker, OpenModel, Task, debugging
from lbt.generation import GenerationStore, ModelSettings
from lbt.grading import Domain
from lbt.planning.probing import Sample
from lbt.planning.prompting import Prompting
from lbt.prompts import DebugSettings, PromptSettings, tell_failure
from lbt.prompts.debugging import MOST_OF_FAILURE, MOST_OF_TEST
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
        prompts: The text around a question.
        domain: What an answer is.
        promptings: How each model is prompted.
        teaching: How many rationales a teaching problem has, and how long they may be.
        debug: Whose answers get a second turn.
    """

    def __init__(
        self,
        prompts: PromptSettings,
        domain: Domain,
        promptings: Mapping[ModelSettings, Prompting],
        teaching: TeachingSettings,
        debug: DebugSettings,
    ) -> None:
        super().__init__(prompts, GenerationStore(""), 0, domain, debug)  # a store that is never opened
        self.promptings = promptings
        self.teaching = teaching
        self.loads: list[Load] = []
        self.first_prompts: dict[str, str] = {}
        """By stage, as its model would see them."""
        self.samples: dict[str, Sample] = {}
        """By stage, for a probe."""

    def open(self, model: ModelSettings, label: str, stopping: Event | None = None) -> OpenModel:
        """A model that is not there."""
        return _CountedModel(self, self.promptings[model], label)

    def distinct(self, tasks: Sequence[Task]) -> list[Task]:
        """The tasks that count."""
        return list(tasks)

    def answers(self, task: Task, part: str) -> Iterable[dict[str, Any]]:
        """What is taken for a model's answers to a task."""
        return [_answer(task)]


class _CountedModel(OpenModel):
    def __init__(self, asker: CountingAsker, prompting: Prompting, label: str) -> None:
        self._counting = asker
        self._prompting = prompting
        self._label = label

    def ask(
        self, tasks: Sequence[Task], schema: pa.DataFrameSchema, part: str = "", debug: bool = False
    ) -> Asked:
        if len(tasks):
            asked = self._counting.distinct(tasks)
            self._counting.samples.setdefault(self._stage(part), Sample(self._prompting.model, asked))
            first = self._load(self._stage(part), asked)
            self._counting.loads.append(first)
            if debug:
                self._counting.loads.append(self._second(self._stage(debugging(part)), first, tasks))
        number = "repeat" if "repeat" in schema.columns else "sample_index"
        rows = [
            {**task.columns, number: index, **answer}
            for task in tasks
            for index, answer in enumerate(self._counting.answers(task, part), start=task.first_index)
        ]
        table = make_table(schema, rows, self._counting.domain.details)
        return Asked(table, {}, table.head(0))

    def __exit__(self, *_: object) -> None:
        """There is nothing to free."""

    def _stage(self, part: str) -> str:
        return f"{self._label}: {part}" if part else self._label

    def _second(self, stage: str, first: Load, tasks: Sequence[Task]) -> Load:
        """The second turns if every answer were debugged, each after an answer as long as it may be."""
        prompt = first.prompt_tokens / first.prompts
        golds = {self._counting.domain.exam_gold(task.gold) for task in tasks}
        told = [tell_failure(self._counting.debug.form, _shown(gold)) for gold in golds]
        answers = 1 + self._counting.debug.form.count("{program}")
        longer = answers * first.max_tokens + max(self._prompting.count(told))
        return replace(
            first,
            stage=stage,
            fewest=0,
            prompts=first.generations,
            prompt_tokens=round(first.generations * (prompt + longer)),
            longest=first.longest + longer,
        )

    def _load(self, stage: str, tasks: Sequence[Task]) -> Load:
        prefill, most = self._counting.prompts.prefill, self._counting.teaching.samples
        texts = [self._prompting.render(task.messages, prefill) for task in tasks]
        self._counting.first_prompts.setdefault(stage, texts[0])
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


def _shown(gold: str) -> dict[str, str]:
    """What a second turn shows at most: the gold answer holds the test."""
    return {"test": gold[:MOST_OF_TEST], "failure": "x " * (MOST_OF_FAILURE // 2), "program": PLACEHOLDER}


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
