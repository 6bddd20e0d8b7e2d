"""A family of functional problems: one question, other numbers; right and wrong ways to solve it."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from lbt.pocket.worlds import Kind

Numbers = tuple[int, ...]

CONNECTORS = ("Then ", "Next ", "Now ", "")
TERSE_OPENER = "Easy."


@dataclass(frozen=True)
class Worked:
    """The steps of a procedure on given numbers, and the answer that it reaches."""

    steps: tuple[str, ...]
    answer: int


@dataclass(frozen=True)
class Procedure:
    """A way to solve a family: its opener is shared by no other procedure of the family.

    `solve` takes the numbers of a problem and works it out.
    """

    opener: str
    solve: Callable[..., Worked]


@dataclass(frozen=True)
class Family:
    """Problems that differ in their numbers only.

    `draw` proposes numbers; `accepts` says which proposals make a sound problem. `misconception` is the main
    "mal-rule" (Brown & Burton, 1978): numbers on which it gives the right answer all the same are lucky.
    """

    name: str
    questions: tuple[str, ...]
    draw: Callable[[Random], Numbers]
    right: Procedure
    misconception: Procedure
    second_misconception: Procedure | None = None
    accepts: Callable[..., bool] = lambda *numbers: True

    def answer(self, numbers: Numbers) -> int:
        """The right answer."""
        return self.right.solve(*numbers).answer

    def is_lucky(self, numbers: Numbers) -> bool:
        """Whether the main misconception gives the right answer on these numbers."""
        return self.misconception.solve(*numbers).answer == self.answer(numbers)

    def is_sound(self, numbers: Numbers) -> bool:
        """Whether the numbers make a problem on which the second misconception, if any, is wrong."""
        if not self.accepts(*numbers):
            return False
        second = self.second_misconception
        return second is None or second.solve(*numbers).answer != self.answer(numbers)

    def question(self, numbers: Numbers, paraphrase: int) -> str:
        """The question's text in one of its paraphrases."""
        return self.questions[paraphrase].format(*numbers)

    def kinds(self) -> tuple[Kind, ...]:
        """The procedures that this family has."""
        if self.second_misconception is None:
            return ("right", "misconception", "terse")
        return ("right", "misconception", "second_misconception", "terse")

    def rationale(self, kind: Kind, numbers: Numbers, rng: Random) -> str:
        """A rationale in the given procedure: opener, steps, and a last line `#### answer`."""
        if kind == "terse":
            return f"{TERSE_OPENER}\n#### {self.answer(numbers)}"
        procedure: Procedure | None = getattr(self, kind)
        if procedure is None:
            raise ValueError(f"family {self.name} has no {kind}")
        worked = procedure.solve(*numbers)
        steps = [
            _sentence(worked.steps[0], ""),
            *(_sentence(step, rng.choice(CONNECTORS)) for step in worked.steps[1:]),
        ]
        return f"{procedure.opener} {' '.join(steps)}\n#### {worked.answer}"


def _sentence(step: str, connector: str) -> str:
    text = connector + step
    return f"{text[0].upper()}{text[1:]}."


def worked(answer: int, *steps: str) -> Worked:
    """Steps and answer, in the order in which they read best in a table of procedures."""
    return Worked(steps, answer)
