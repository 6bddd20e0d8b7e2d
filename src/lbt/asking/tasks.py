"""What a model is asked, and what is filed about its answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from lbt.generation import SamplingSettings
from lbt.prompts import Message

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Task:
    """One prompt, and how often it is answered.

    All tasks of a run share its seed. The sampler draws each answer from a random stream of its own prompt,
    so answers to different prompts are independent, and equal tasks get equal answers in every stage.
    """

    messages: Sequence[Message]
    gold: str
    """What a right answer equals."""
    columns: Mapping[str, Any]
    """Written into every row of the task's answers, beside the columns that every answer has."""
    samples: int
    sampling: SamplingSettings
    first_index: int = 0
    """The number of the first answer in the table, where several tasks ask about the same thing."""


class Tasks(Sequence[Task]):
    """A task for each item, made when it is asked for, so that not all are in memory at once."""

    def __init__(self, items: Sequence[Item], make: Callable[[Item], Task]) -> None:
        self._items = items
        self._make = make

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, place: Any) -> Any:
        """The task of one item; a slice gives the tasks of several."""
        if isinstance(place, slice):
            return Tasks(self._items[place], self._make)
        return self._make(self._items[place])
