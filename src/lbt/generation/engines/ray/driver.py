"""Keep all actors at work: what goes out, what comes back, and what becomes of it when actors die.

It knows nothing of Ray, only of a `Crew`, so that a simulation can drive a thousand actors with it.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any, Protocol

from lbt.errors import ModelError
from lbt.generation.engines.engine import Generated, Prompt
from lbt.generation.engines.ray.work import Group, Work
from lbt.generation.engines.ray.worker import Opened, Reply

log = logging.getLogger(__name__)

# How long results wait for each other in an actor: with more actors longer, so that the driver takes some
# hundred replies a second at most, of which Ray makes it work on each for the better part of a millisecond.
_LINGER_S = 0.05
_LINGER_S_AN_ACTOR = 0.005
_MOST_LINGER_S = 5.0
_LOOK_S = 5.0
# Near the end: what an actor may hold of its share of what is left, and into how many parts a group falls.
# With less at a time all actors end closer together, but small batches are slow ones.
_OF_SHARE_AT_END = 0.75
_PARTS_AT_END = 8


class Died(Exception):
    """An actor is gone.

    Args:
        reason: Why, in words for a message.
        blameless: Whether it is known that what the actor was doing has nothing to do with it.
    """

    def __init__(self, reason: str, blameless: bool = False) -> None:
        super().__init__(reason)
        self.blameless = blameless


class Crew(Protocol):
    """Actors by their number, which are called without waiting."""

    size: int
    """The most that are wanted at the same time."""

    def start(self, number: int) -> Any:
        """Place an actor, in place of a dead one of this number; the call ends when its engine is open."""
        ...

    def exchange(self, number: int, prompts: list[Prompt], linger: float) -> Any:
        """Call `Worker.exchange`."""
        ...

    def wait(self, calls: Sequence[Any], seconds: float) -> Sequence[Any]:
        """The calls that have ended, at least one unless the time runs out."""
        ...

    def result(self, call: Any) -> Opened | Reply:
        """What an ended call gave.

        Raises:
            Died: The actor died before.
            ModelError: No actor can do it.
        """
        ...

    def dismiss(self, number: int) -> None:
        """End an actor."""
        ...

    def check_room(self) -> None:
        """Raises ModelError if the cluster has had no room for the fewest actors for too long."""
        ...


@dataclass
class _Held:
    prompt: Prompt
    missing: set[int]
    """Samples that have not come yet."""


@dataclass
class _Member:
    """What the driver knows of an actor."""

    number: int
    call: Any = None
    ready: bool = False
    held: dict[str, _Held] = field(default_factory=dict)
    """By request key, what it has not answered."""
    deaths: int = 0
    """Of the group that it holds."""


class Driver:
    """Answers prompts with a crew; results come in any order, each once.

    Args:
        crew: The actors; all are started now, and those that die are started again.
        name: The model, for messages.
        size: Prompts of a group.
        ahead: Groups that an actor holds at most.
        tries: Actors that a prompt may bring down before it fails.
        fewest: Actors that are needed to continue.
    """

    def __init__(self, crew: Crew, name: str, size: int, ahead: int, tries: int, fewest: int = 1) -> None:
        self._crew = crew
        self._name = name
        self._size = size
        self._most = size * ahead
        self._tries = tries
        self._fewest = fewest
        self._members = [_Member(number) for number in range(crew.size)]
        self._calls: dict[Any, _Member] = {}
        self._free: set[int] = set()
        self._in_a_row = 0
        """Actors that have died since the last answer."""
        self.version = ""
        """Of the engine; known once an actor is ready."""
        for member in self._members:
            self._start(member)

    @property
    def ready(self) -> int:
        """Actors whose engine is open."""
        return sum(member.ready for member in self._members)

    @property
    def size(self) -> int:
        """Actors that there are or may come to be."""
        return len(self._members)

    def wait_until_ready(self) -> None:
        """Return when the first actor is ready.

        Raises:
            ModelError: No actor can get ready.
        """
        work = Work((), self._size, self._tries)
        while not self.ready:
            for _ in self._look(work):
                pass

    def generate(self, prompts: Iterable[Prompt]) -> Iterator[Generated]:
        """Yield the samples of all prompts, as `Engine.generate`.

        Raises:
            ModelError: Actors die one after the other and nothing gets answered, or too few are left.
        """
        work = Work(prompts, self._size, self._tries)
        try:
            while True:
                self._hand_out(work)
                if not work and not any(member.held for member in self._members):
                    return
                yield from self._look(work)
        finally:
            for member in self._members:  # abandoned: what still comes is nobody's
                member.held.clear()

    def _hand_out(self, work: Work) -> None:
        """Give every free actor as much as it may hold, and ask it for what it has."""
        most, least = self._share(work)
        linger = min(_MOST_LINGER_S, _LINGER_S + _LINGER_S_AN_ACTOR * len(self._members))
        for number in sorted(self._free):
            member = self._members[number]
            prompts = self._prompts_for(member, work, most, least)
            if prompts or member.held:
                self._call(member, self._crew.exchange(number, prompts, linger))

    def _share(self, work: Work) -> tuple[int, int]:
        """Prompts that an actor may hold, and how many it gets at a time: whole groups, but near the end.

        There it is most of its share of all that is left. The rest goes to those who are through first, so
        that all actors end together.
        """
        rest = work.rest()
        if rest is None:
            return self._most, self._size
        held = sum(len(member.held) for member in self._members)
        share = (rest + held) / len(self._members)
        some = max(1, min(ceil(share), self._size // _PARTS_AT_END))
        most = max(ceil(share * _OF_SHARE_AT_END), some)
        return (most, some) if most < self._most else (self._most, self._size)

    def _prompts_for(self, member: _Member, work: Work, most: int, least: int) -> list[Prompt]:
        new: list[Prompt] = []
        if not member.held:
            most = min(most, self._size)  # so that none waits at the start until all others are full
        while not member.held or len(member.held) + least <= most:
            if member.held and member.deaths:
                break  # what may bring it down is answered before anything else is risked
            group = work.take(most - len(member.held), alone=not member.held)
            if group is None:
                break
            member.deaths = group.deaths
            for prompt in group.prompts:
                member.held[prompt.key] = _Held(prompt, set(prompt.samples))
            new += group.prompts
        return new

    def _look(self, work: Work) -> Iterator[Generated]:
        """Wait for calls to end, and take what they give."""
        ended = self._crew.wait(list(self._calls), _LOOK_S)
        if self.ready < self._fewest:
            self._crew.check_room()
        for call in ended:
            member = self._calls.pop(call)
            member.call = None
            try:
                given = self._crew.result(call)
            except Died as death:
                yield from self._bury(member, death, work)
                continue
            if isinstance(given, Opened):
                self._join(member, given)
            else:
                yield from self._take(member, given)
                if given.failure:
                    self._crew.dismiss(member.number)
                    yield from self._bury(member, Died(given.failure), work)

    def _take(self, member: _Member, reply: Reply) -> Iterator[Generated]:
        for result in reply.results:
            held = member.held.get(result.key)
            if held is None or result.sample_index not in held.missing:
                continue  # such as of a call that was abandoned
            held.missing.remove(result.sample_index)
            if not held.missing:
                del member.held[result.key]
            self._in_a_row = 0
            yield result
        if reply.idle:
            member.held.clear()  # the engine gave fewer than it was asked for, which the sampler tells
        self._free.add(member.number)

    def _join(self, member: _Member, opened: Opened) -> None:
        if not opened.refusal:
            member.ready = True
            self._free.add(member.number)
            self.version = opened.version
            return
        refusal = f"on the machine {opened.machine}: {opened.refusal}"
        self._crew.dismiss(member.number)
        self._members_left(member, refusal)
        log.warning("%s: an actor is left out, because %s", self._name, refusal)

    def _members_left(self, member: _Member, refusal: str) -> None:
        """Go on without a member; raises ModelError if too few are left."""
        left = sum(other.ready or other.call is not None for other in self._members if other is not member)
        if left < self._fewest:
            raise ModelError(f"{self._name}: no actor can open the model {refusal}.")

    def _bury(self, member: _Member, death: Died, work: Work) -> Iterator[Generated]:
        """Start the actor again, and see to what it had not answered."""
        log.debug("%s: actor %d died: %s", self._name, member.number, death)
        prompts = [replace(held.prompt, samples=_left(held)) for held in member.held.values()]
        group = Group(prompts, member.deaths)
        member.ready, member.held, member.deaths = False, {}, 0
        self._free.discard(member.number)
        if death.blameless:
            work.lost(group)
        else:
            self._in_a_row += 1
            if self._in_a_row > 2 * len(self._members) + 3 * self._tries:
                raise ModelError(
                    f"{self._name}: {self._in_a_row} actors died one after the other and nothing got "
                    f"answered in between; the last one: {death}. What was answered is stored: remove the "
                    "cause and run the same command again to continue."
                )
            for prompt in work.died(group):
                self._in_a_row = 0
                reason = f"an actor died of it, {self._tries} times or more; the last time: {death}"
                yield from (Generated(prompt.key, index, None, reason) for index in prompt.samples)
        self._start(member)

    def _start(self, member: _Member) -> None:
        self._call(member, self._crew.start(member.number))

    def _call(self, member: _Member, call: Any) -> None:
        member.call = call
        self._calls[call] = member
        self._free.discard(member.number)


def _left(held: _Held) -> tuple[int, ...]:
    return tuple(sorted(held.missing))
