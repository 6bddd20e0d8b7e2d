"""Crews without a cluster: they die as they are told, and otherwise answer like an engine."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from lbt.generation import Completion, Generated, Prompt, SamplingSettings
from lbt.generation.engines.ray.driver import Died
from lbt.generation.engines.ray.worker import Opened, Reply

SAMPLING = SamplingSettings(temperature=1.0, max_tokens=8)


def prompts(count: int, samples: int = 1) -> list[Prompt]:
    return [Prompt(f"{n:06}", f"question {n}", tuple(range(samples)), SAMPLING) for n in range(count)]


@dataclass
class Actor:
    incarnation: int
    waiting: list[tuple[Prompt, int]] = field(default_factory=list)


class ScriptedCrew:
    """Actors that answer a few samples a call and die by chance, or of what they are asked.

    Args:
        size: Actors.
        seed: Of all chance.
        deaths: Probability that a call finds its actor dead.
        poison: Whether a prompt kills.
        lost: Probability that a death is that of a machine.
    """

    def __init__(
        self,
        size: int,
        seed: int = 0,
        deaths: float = 0.0,
        poison: Callable[[Prompt], bool] = lambda prompt: False,
        lost: float = 0.0,
    ) -> None:
        self.size = size
        self.actors: dict[int, Actor] = {}
        self.calls: list[tuple[int, int]] = []
        """Number and incarnation of every exchange."""
        self.died = 0
        self.most_held = 0
        self.groups: list[list[str]] = []
        self.dismissed: list[int] = []
        self._random = random.Random(seed)
        self._deaths = deaths
        self._poison = poison
        self._lost = lost
        self._pending: dict[int, Any] = {}
        self._next = 0

    def start(self, number: int) -> int:
        before = self.actors.get(number)
        self.actors[number] = Actor(before.incarnation + 1 if before else 0)
        return self._later(lambda: Opened("a machine", "1"))

    def exchange(self, number: int, prompts: list[Prompt], linger: float) -> int:
        actor = self.actors[number]
        self.groups.append([prompt.key for prompt in prompts])
        actor.waiting += [(prompt, index) for prompt in prompts for index in prompt.samples]
        self.most_held = max(self.most_held, len({prompt.key for prompt, _ in actor.waiting}))
        self.calls.append((number, actor.incarnation))
        return self._later(lambda: self._answer(actor))

    def wait(self, calls: Sequence[Any], seconds: float) -> Sequence[Any]:
        return self._random.sample(list(calls), self._random.randint(1, len(calls)))

    def result(self, call: Any) -> Any:
        return self._pending.pop(call)()

    def dismiss(self, number: int) -> None:
        self.dismissed.append(number)

    def check_room(self) -> None:
        """There is always room."""

    def _later(self, give: Callable[[], Any]) -> int:
        self._next += 1
        self._pending[self._next] = give
        return self._next

    def _answer(self, actor: Actor) -> Reply:
        if self._random.random() < self._deaths:
            self.died += 1
            lost = self._random.random() < self._lost
            raise Died("its machine is gone" if lost else "killed", blameless=lost)
        count = self._random.randint(1, 8)
        now, actor.waiting = actor.waiting[:count], actor.waiting[count:]
        if any(self._poison(prompt) for prompt, _ in now):
            self.died += 1
            raise Died("segmentation fault")
        results = [Generated(prompt.key, index, Completion("text", "stop", 1, 1)) for prompt, index in now]
        return Reply(results, idle=not actor.waiting)
