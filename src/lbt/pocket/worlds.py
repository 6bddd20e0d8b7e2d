"""What a world of the pocket is: families of problems, drawn from two sides, and rationales for them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Literal, Protocol

Constants = tuple[int | str, ...]
"""What a problem of a family has of its own: its numbers, or the constants of a function."""
Kind = Literal["right", "misconception", "second_misconception", "terse"]

ProblemRow = dict[str, object]
"""problem_id, family, question, answer, role, source, lucky."""


@dataclass(frozen=True)
class Turn:
    """A problem and its rationale, with where they come from."""

    family: str
    numbers: Constants
    kind: Kind
    question: str
    rationale: str


class Pool(Protocol):
    """A family's held-out problems, of which none is drawn twice."""

    def draw_teaching(self, lucky_share: float) -> ProblemRow | None:
        """A problem to teach, in this share lucky where the family allows; None if there is none left."""

    def draw(self, role: str) -> ProblemRow | None:
        """A problem that is not lucky; None if there is none left."""


@dataclass(frozen=True)
class World:
    """One of the pocket's worlds.

    `openers` holds each family's procedures with the words that their rationales, and no other of the family,
    begin with. `turn` draws from the side that corpora are made of, `demo` (a question and a rationale) and
    `pool` from the other; demos are never lucky. In the families that are `misleading` the teacher knows a
    misconception best. `mark` is a token of its own, written before an answer. `words` are those of the
    models' cards.
    """

    source: str
    domain: str
    mark: str
    openers: Mapping[str, Mapping[Kind, str]]
    turn: Callable[[str, Kind, Random], Turn]
    demo: Callable[[str, Kind, Random], tuple[str, str]]
    pool: Callable[[str, Random], Pool]
    misleading: frozenset[str]
    most_teaching: int
    words: Mapping[str, str]

    @property
    def families(self) -> list[str]:
        """Their names, in an order that never changes."""
        return list(self.openers)

    def recognise(self, family: str, text: str) -> Kind | None:
        """The procedure that a rationale's opener announces; None for what is not of this world."""
        openers = self.openers.get(family, {})
        return next((kind for kind, opener in openers.items() if text.startswith(opener)), None)
