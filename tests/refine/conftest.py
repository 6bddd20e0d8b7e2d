"""A task of labels, and models that answer it from a script."""

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import pytest

from lbt.asking import Asker
from lbt.generation import GenerationStore, ModelsSettings, SamplingSettings
from lbt.generation.engines.scripted import scripted_model
from lbt.grading import domain_named
from lbt.prompts import PromptSettings
from lbt.refine import Refined, RefineSettings, refine
from lbt.teaching import TeachingSettings

Reply = Callable[[str], str]
"""Gives a model's answer to the last message."""

TEACHING = TeachingSettings(samples=2, sampling=SamplingSettings(temperature=1, max_tokens=50))


def labelled(teaching: int = 12, exam: int = 20, evaluation: int = 10) -> pd.DataFrame:
    """Numbered texts of which every third is positive."""
    counts = {"teaching": teaching, "exam": exam, "evaluation": evaluation}
    rows = [
        {
            "problem_id": f"{role}-{number}",
            "family": "texts",
            "question": f"text number {number} of the {role} side, {'odd' if number % 3 else 'even'} in kind",
            "answer": "No" if number % 3 else "Yes",
            "role": role,
            "source": "a test",
            "lucky": None,
        }
        for role, count in counts.items()
        for number in range(count)
    ]
    return pd.DataFrame(rows)


def settings(**changes: Any) -> RefineSettings:
    """A small refinement of labelled texts."""
    small: dict[str, Any] = {
        "arms": ["students", "own", "random_search", "none", "random"],
        "rounds": 2,
        "beam": 2,
        "exemplars": 4,
        "proposals": 2,
        "failures": 2,
        "batch": 5,
        "score_batch": 6,
        "start": "random",
        "show": "all",
        "positive": "Yes",
        "bootstrap_samples": 100,
        "prompts": {"answer_form": "{answer}\n{rationale}"},
    }
    return RefineSettings.model_validate(small | changes)


class World:
    """Refines with scripted models over a store of its own.

    Args:
        store: Where generations are kept.
        replies: Of the teacher and of each student, by name.
    """

    def __init__(self, store: GenerationStore, replies: dict[str, Reply]) -> None:
        self.store = store
        self.prompts: list[tuple[str, str]] = []
        models = {name: scripted_model(self._script(name), name) for name in replies}
        self.replies = replies
        teacher = models.pop("teacher")
        self.models = ModelsSettings(teacher=teacher, students=models or {"itself": teacher})

    def _script(self, name: str) -> Callable[[Sequence[tuple[str, str]], int], str]:
        def script(messages: Sequence[tuple[str, str]], sample: int) -> str:
            self.prompts.append((name, "\n".join(content for _, content in messages)))
            return self.replies[name](messages[-1][1])

        return script

    def refine(self, problems: pd.DataFrame, chosen: RefineSettings, seed: int = 0) -> Refined:
        """All arms."""
        asker = Asker(PromptSettings(), self.store, seed, domain_named("choice"))
        return refine(asker, problems, self.models, TEACHING, chosen)


def knows(share: int) -> Reply:
    """A model that is right unless the text's number is a multiple of `share`."""

    def reply(asked: str) -> str:
        words = asked.split()
        number = int(words[words.index("number") + 1])
        right = "No" if number % 3 else "Yes"
        return right if number % share else {"Yes": "No", "No": "Yes"}[right]

    return reply


@pytest.fixture
def world(asker: Asker) -> World:
    """A teacher and two students who err on different texts."""
    return World(asker.store, {"teacher": knows(5), "one": knows(2), "two": knows(4)})
