"""A family: one question with other numbers, its right way and a plausible wrong one."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from lbt.problems.elementary.sums import Sum

Numbers = tuple[int, ...]

_NAMES = ("Ann", "Ben", "Cara", "Dan", "Eva", "Finn", "Gina", "Hugo", "Ida", "Jack", "Kim", "Leo")
_THINGS = ("apples", "books", "cards", "coins", "eggs", "marbles", "nuts", "pens", "shells", "stamps")


@dataclass(frozen=True)
class Way:
    """A way to solve a family's problems: why, in one sentence, and the sums that follow."""

    why: str
    sums: Callable[..., tuple[Sum, ...]]

    def answer(self, numbers: Numbers) -> int:
        """What the last sum comes to."""
        return self.sums(*numbers)[-1].value

    def rationale(self, numbers: Numbers) -> str:
        """The sentence, the sums, and a last line `#### answer`."""
        sums = self.sums(*numbers)
        return f"{self.why} {' '.join(f'{one.text}.' for one in sums)}\n#### {sums[-1].value}"


@dataclass(frozen=True)
class Family:
    """Problems that differ in numbers, names and things.

    `draw` proposes numbers of about the given largest size. `questions` are two paraphrases or more, with
    {0}, {1}, ... for the numbers, {name} and {other} for two people, and {things}.
    """

    name: str
    questions: tuple[str, ...]
    draw: Callable[[Random, int], Numbers]
    right: Way
    wrong: Way

    @property
    def steps(self) -> int:
        """How many sums the right way takes."""
        return len(self.right.sums(*self.draw(Random(0), 20)))

    def is_sound(self, numbers: Numbers) -> bool:
        """Whether neither the wrong way nor a number of the question gives the right answer."""
        answer = self.right.answer(numbers)
        return answer > 0 and answer != self.wrong.answer(numbers) and answer not in numbers

    def question(self, numbers: Numbers, rng: Random) -> str:
        """The question in one of its paraphrases."""
        name, other = rng.sample(_NAMES, 2)
        form = rng.choice(self.questions)
        return form.format(*numbers, name=name, other=other, things=rng.choice(_THINGS))
