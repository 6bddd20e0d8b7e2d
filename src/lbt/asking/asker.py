"""Put tasks to a model and grade its answers."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from copy import copy
from dataclasses import dataclass
from itertools import islice
from threading import Event
from types import TracebackType
from typing import Any, Self

import pandas as pd
import pandera.pandas as pa

from lbt.asking.debugging import SecondTurns, check_debug
from lbt.asking.tasks import Task
from lbt.asking.usage import Usage, add_usage, usage_of
from lbt.generation import Completion, GenerationStore, ModelSettings, Request, Sampler
from lbt.grading import Domain, Graded, grade_completions
from lbt.prompts import DebugSettings, PromptSettings
from lbt.tables import make_table

_ROWS_AT_A_TIME = 20_000
_DEBUG_OFF = DebugSettings()


@dataclass(frozen=True)
class Asked:
    """The graded answers to some tasks, and what they cost."""

    table: pd.DataFrame
    """One row per answer, in the order of the tasks."""
    usage: Usage
    first: pd.DataFrame
    """Of the answers that were debugged, the rows as they were before."""


class Asker:
    """Asks models for all stages of a run.

    Args:
        prompts: The text around a question.
        store: Where texts and verdicts are looked up and kept.
        seed: The run's seed.
        domain: What an answer is, and how it is graded.
        debug: Whose programs are debugged; stages read it.

    Raises:
        SettingsError: Something is to be debugged that is no program.
    """

    def __init__(
        self,
        prompts: PromptSettings,
        store: GenerationStore,
        seed: int,
        domain: Domain,
        debug: DebugSettings = _DEBUG_OFF,
    ) -> None:
        check_debug(debug, domain)
        self.prompts = prompts
        self.store = store
        self.seed = seed
        self.domain = domain
        self.debug = debug

    def ask(
        self,
        model: ModelSettings,
        label: str,
        tasks: Sequence[Task],
        schema: pa.DataFrameSchema,
        stopping: Event | None = None,
        debug: bool = False,
    ) -> Asked:
        """As `open`, for a model that is asked once."""
        with self.open(model, label, stopping) as opened:
            return opened.ask(tasks, schema, debug=debug)

    def open(self, model: ModelSettings, label: str, stopping: Event | None = None) -> "OpenModel":
        """A model that can be asked several times and is loaded at most once; use it in a `with` block.

        Args:
            model: The model to ask.
            label: The stage, for messages, the progress bar and the store.
            stopping: Ends the generation when another thread sets it.

        Raises:
            ModelError: There is no such model.
        """
        return OpenModel(self, model, label, stopping)

    def with_seed(self, seed: int) -> Self:
        """The same with another seed, for a repeat of a whole stage."""
        other = copy(self)
        other.seed = seed
        return other

    def with_store(self, store: GenerationStore) -> "Asker":
        """The same with another connection to the store, for another thread."""
        return Asker(self.prompts, store, self.seed, self.domain, self.debug)


class OpenModel:
    """A model that is being asked; made by `Asker.open`."""

    def __init__(self, asker: Asker, model: ModelSettings, label: str, stopping: Event | None) -> None:
        self._asker = asker
        self._label = label
        self._resources = ExitStack()
        self._sampler = self._resources.enter_context(Sampler(model, asker.store, label, stopping))

    def ask(
        self, tasks: Sequence[Task], schema: pa.DataFrameSchema, part: str = "", debug: bool = False
    ) -> Asked:
        """The graded answers to all tasks, from the store where it has them.

        Equal tasks are generated once. Answers are graded a few thousand at a time, and tasks are made when
        they are needed, so that memory holds little but the table.

        Args:
            tasks: What to ask.
            schema: The table to make, of `lbt.tables`. It has the columns of the tasks and, of each answer,
                `text`, `answer`, `verdict`, `finish_reason`, `tokens`, its number (`sample_index` or
                `repeat`) and the domain's `details`. A failed generation has no text and the verdict "error".
            part: What this call is about, for the progress bar, where a stage makes several.
            debug: Whether programs that fail a visible test are answered once more (`SecondTurns`).

        Raises:
            ModelError: As `Sampler.generate`.
        """
        table, usage = self._ask(tasks, schema, part)
        if not debug:
            return Asked(table, usage, table.head(0))
        asker = self._asker
        turns = SecondTurns(tasks, table, asker.domain, asker.prompts, asker.debug)
        second, further = self._ask(turns.find(asker.store), schema, debugging(part))
        number = "repeat" if "repeat" in schema.columns else "sample_index"
        table, first = turns.replace(second, number, f"{self._label}: {part}" if part else self._label)
        return Asked(table, add_usage([usage, further]), first)

    def _ask(
        self, tasks: Sequence[Task], schema: pa.DataFrameSchema, part: str
    ) -> tuple[pd.DataFrame, Usage]:
        details = self._asker.domain.details
        samples = self._sampler.generate(Requests(tasks, self._asker), part)
        answers = _answers(tasks, samples.completions)
        parts = []
        while some := list(islice(answers, _ROWS_AT_A_TIME)):
            parts.append(make_table(schema, self._graded(some, "repeat" in schema.columns), details))
        table = pd.concat(parts, ignore_index=True) if parts else make_table(schema, [], details)
        return table, usage_of(samples)

    def _graded(self, answers: "Sequence[_Answer]", repeats: bool) -> list[dict[str, Any]]:
        graded = grade_completions(
            self._asker.domain,
            [answer.task.gold for answer in answers],
            [answer.completion for answer in answers],
            cache=self._asker.store.path,
        )
        number = "repeat" if repeats else "sample_index"
        return [
            {**answer.task.columns, number: answer.index, **_columns(answer.completion, verdict)}
            for answer, verdict in zip(answers, graded, strict=True)
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._resources.close()


def debugging(part: str) -> str:
    """What the second turns of a part are called."""
    return f"{part}, debugging" if part else "debugging"


@dataclass(frozen=True, slots=True)
class _Answer:
    task: Task
    index: int
    completion: Completion | None


class Requests(Sequence[Request]):
    """The sampler's requests of some tasks, each made when it is asked for."""

    def __init__(self, tasks: Sequence[Task], asker: Asker) -> None:
        self._tasks = tasks
        self._asker = asker

    def __len__(self) -> int:
        return len(self._tasks)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return Requests(self._tasks[place], self._asker)
        task = self._tasks[place]
        messages = tuple((message["role"], message["content"]) for message in task.messages)
        return Request(messages, task.samples, task.sampling, self._asker.seed, self._asker.prompts.prefill)


def _answers(tasks: Iterable[Task], completions: Iterable[list[Completion | None]]) -> Iterator[_Answer]:
    for task, given in zip(tasks, completions, strict=True):
        for index, completion in enumerate(given, start=task.first_index):
            yield _Answer(task, index, completion)


def _columns(completion: Completion | None, graded: Graded) -> dict[str, Any]:
    return {
        "text": completion.text if completion else "",
        "answer": graded.answer,
        "verdict": graded.verdict,
        "finish_reason": completion.finish_reason if completion else "error",
        "tokens": completion.tokens if completion else 0,
        **graded.details,
    }
