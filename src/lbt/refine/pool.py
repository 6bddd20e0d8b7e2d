"""What exemplars are drawn from: the teacher's own rationales, or training problems with their labels."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from lbt.errors import DataError
from lbt.grading import ANSWERED
from lbt.refine.exemplars import Exemplar

log = logging.getLogger(__name__)


Group = tuple[str, str]
"""A family, and an answer where those are to be balanced."""


class Pool:
    """Exemplars by family.

    Args:
        exemplars: All there are; of equal ones the first counts.
        size: How many a set has; None for one of each family.
        by_answer: Whether the answers of a family take turns too, so that a set shows all labels.

    Raises:
        DataError: There are fewer different questions than a set is to have.
    """

    def __init__(self, exemplars: Iterable[Exemplar], size: int | None, by_answer: bool = False) -> None:
        self._by_answer = by_answer
        self._groups: dict[Group, list[Exemplar]] = defaultdict(list)
        for one in dict.fromkeys(exemplars):
            self._groups[self._group(one)].append(one)
        questions = {one.question for members in self._groups.values() for one in members}
        self.size = len({family for family, _ in self._groups}) if size is None else size
        if not questions or len(questions) < self.size:
            raise DataError(
                f"Exemplars can be drawn from {len(questions)} teaching problems, but a set needs "
                f"{max(self.size, 1)}. Raise problems.teaching or teaching.samples, or lower "
                "refine.exemplars; with refine.only_right: false wrong rationales count too."
            )

    def _group(self, one: Exemplar) -> Group:
        return one.family, one.answer if self._by_answer else ""

    def draw(self, rng: np.random.Generator) -> tuple[Exemplar, ...]:
        """A random set: a family after the other in a random order, no question twice; sorted by family."""
        groups = sorted(self._groups)
        turns: list[tuple[int, int, Exemplar]] = []
        for place, number in enumerate(rng.permutation(len(groups)).tolist()):
            by_question = _by_question(self._groups[groups[number]])
            for turn, question in enumerate(rng.permutation(sorted(by_question)).tolist()):
                texts = by_question[question]
                turns.append((turn, place, texts[int(rng.integers(len(texts)))]))
        turns.sort(key=lambda entry: entry[:2])
        drawn = [one for _, _, one in turns[: self.size]]
        return tuple(sorted(drawn, key=lambda one: one.family))

    def first(self) -> tuple[Exemplar, ...]:
        """The first exemplar of each question, a family after the other, up to the size of a set."""
        turns = [
            (turn, name, members[0])
            for name in sorted(self._groups)
            for turn, members in enumerate(_by_question(self._groups[name]).values())
        ]
        turns.sort(key=lambda entry: entry[:2])
        return tuple(sorted((one for _, _, one in turns[: self.size]), key=lambda one: one.family))

    def another(self, one: Exemplar, taken: Iterable[Exemplar], rng: np.random.Generator) -> Exemplar | None:
        """A random exemplar in its place: of the same family, with another text, and a question that the
        others do not ask; None if there is none."""
        questions = {other.question for other in taken if other is not one}
        fitting = [
            other
            for other in self._groups.get(self._group(one), ())
            if other.demo != one.demo and other.question not in questions
        ]
        return fitting[int(rng.integers(len(fitting)))] if fitting else None


def _by_question(members: Sequence[Exemplar]) -> dict[str, list[Exemplar]]:
    found: dict[str, list[Exemplar]] = defaultdict(list)
    for one in members:
        found[one.question].append(one)
    return found


def from_rationales(problems: pd.DataFrame, rationales: pd.DataFrame, only_right: bool) -> list[Exemplar]:
    """The teacher's rationales that give an answer, in their order; with `only_right` the right ones.

    A family without a right one keeps what it has, so that every family has an exemplar.
    """
    questions = dict(zip(problems["problem_id"], problems["question"], strict=True))
    answered = rationales[rationales["verdict"].isin(ANSWERED)].sort_values(["problem_id", "sample_index"])
    if only_right:
        right = answered["verdict"] == "correct"
        without = set(answered["family"]) - set(answered.loc[right, "family"])
        if without:
            log.warning(
                "No rationale is right in %s: the exemplars there are wrong.", ", ".join(sorted(without))
            )
        answered = answered[right | answered["family"].isin(without)]
    return [
        Exemplar(questions[row["problem_id"]], row["text"], row["answer"], row["text"], row["family"])
        for row in answered.to_dict("records")
    ]


def from_labels(problems: Sequence[Mapping[Any, Any]], form: str) -> list[Exemplar]:
    """Teaching problems with their gold answers and no rationale."""
    return [Exemplar.made(form, one["question"], "", one["answer"], one["family"]) for one in problems]
