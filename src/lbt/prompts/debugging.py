"""The turn in which a model sees which test its program fails, and answers again."""

import re
from collections.abc import Mapping, Sequence

from pydantic import Field, field_validator

from lbt.configuration import Settings
from lbt.prompts.messages import Message

MOST_OF_TEST, MOST_OF_FAILURE = 1000, 300
"""Characters of a test and of a failure that a prompt shows."""

_PLACE = re.compile(r"\{(test|failure|program)\}")
_FORM = (
    "Your program fails this test:\n\n{test}\n\nWhat happened:\n\n{failure}\n\n"
    "Find the mistake. Then answer the problem again in full, in the form in which you answered before, with "
    "the corrected program."
)


class DebugSettings(Settings):
    """Whose answers get one more turn where their program fails a visible test (self-debug)."""

    teacher: bool = Field(False, description="The teacher's, to teaching problems and in its baselines.")
    students: bool = Field(False, description="Those in exams, the teacher's own exams included.")
    form: str = Field(
        _FORM,
        description="What the model is told: {test} and {failure} stand for the first visible test that "
        "fails and for what happened, {program} for its program, which it sees above in its own answer.",
    )

    @field_validator("form")
    @classmethod
    def _tells_of_the_failure(cls, form: str) -> str:
        missing = {"test", "failure"} - set(_PLACE.findall(form))
        if missing:
            raise ValueError(f"must hold {{{min(missing)}}}, or the model would not learn what went wrong")
        return form

    @property
    def on(self) -> bool:
        """Whether anything is debugged."""
        return self.teacher or self.students


def debug_messages(asked: Sequence[Message], answer: str, told: str) -> list[Message]:
    """The messages of the second turn: those of the first, the model's whole answer, and what it is told."""
    return [*asked, {"role": "assistant", "content": answer}, {"role": "user", "content": told}]


def tell_failure(form: str, shown: Mapping[str, str]) -> str:
    """What the model is told.

    Args:
        form: `DebugSettings.form`.
        shown: Its parts test, failure and program; test and failure are cut where they are too long.
    """

    most = {"test": MOST_OF_TEST, "failure": MOST_OF_FAILURE}

    def fill(place: re.Match[str]) -> str:
        text = shown[place[1]]
        longest = most.get(place[1], len(text))
        return text if len(text) <= longest else text[:longest] + " …"

    return _PLACE.sub(fill, form)
