"""Exemplars and sets of them: data, never prompt text, so that no word in them can break a prompt."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, Self

from lbt.prompts.reflection import fill

Origin = Literal["sampled", "written", "reflected", "resampled", "kept", "random"]
"""Where an exemplar of a set comes from: a rationale of the teacher, the teacher's first writing, its writing
after reflection, a rationale in another one's place, the set that this one was made from, or a labelled
training problem."""


@dataclass(frozen=True, slots=True)
class Exemplar:
    """A worked example."""

    question: str
    rationale: str
    """Empty for a training problem with its label alone."""
    answer: str
    text: str
    """What stands as its answer in a prompt: the rationale as it was given, or one made of both."""
    family: str = ""

    @classmethod
    def made(cls, form: str, question: str, rationale: str, answer: str, family: str = "") -> Self:
        """One whose text is put together by a form with {rationale} and {answer}."""
        text = fill(form, {"rationale": rationale, "answer": answer}).strip()
        return cls(question, rationale, answer, text, family)

    @property
    def demo(self) -> tuple[str, str]:
        """As prompts take it."""
        return self.question, self.text


@dataclass(frozen=True)
class ExemplarSet:
    """Exemplars in their order, where each comes from, and the set that they were made from."""

    exemplars: tuple[Exemplar, ...]
    origins: tuple[Origin, ...]
    parent: str | None = None

    @classmethod
    def new(cls, exemplars: Iterable[Exemplar], origin: Origin, parent: str | None = None) -> Self:
        """A set whose exemplars all come from one place."""
        members = tuple(exemplars)
        return cls(members, (origin,) * len(members), parent)

    @cached_property
    def id(self) -> str:
        """12 hexadecimal digits of what the exemplars say: equal sets have equal ids."""
        said = [part for one in self.exemplars for part in (one.question, one.text, one.answer)]
        return hashlib.sha256("\x1f".join(said).encode("utf-8", "surrogatepass")).hexdigest()[:12]

    @property
    def spelling(self) -> str:
        """All that the set says, in a row."""
        return "\n".join(f"{one.question}\n{one.text}" for one in self.exemplars)

    def kept(self) -> Self:
        """The set as it goes into the next round."""
        kept: Origin = "kept"
        return replace(self, origins=(kept,) * len(self.exemplars), parent=self.id)

    def with_exemplars(self, changed: dict[int, Exemplar]) -> Self:
        """A set made from this one, with other exemplars at some positions."""
        members = tuple(changed.get(place, one) for place, one in enumerate(self.exemplars))
        origins: tuple[Origin, ...] = tuple(
            "resampled" if place in changed else "kept" for place in range(len(members))
        )
        return replace(self, exemplars=members, origins=origins, parent=self.id)


def without_duplicates(sets: Iterable[ExemplarSet]) -> list[ExemplarSet]:
    """The sets, of equal ones only the first."""
    found: dict[str, ExemplarSet] = {}
    for one in sets:
        found.setdefault(one.id, one)
    return list(found.values())
