"""Chat messages for teaching and for exams; the model's chat template turns them into text later."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from lbt.configuration import Settings

Message = dict[str, str]
"""A chat message with the keys `role` ("system", "user" or "assistant") and `content`."""


class PromptSettings(Settings):
    """What stands around a question."""

    instruction: str = Field("", description="What to do and how to write the answer; empty for none.")
    instruction_role: Literal["system", "user"] = Field(
        "system",
        description="Where the instruction stands: a system message, or above the question.",
    )
    prefill: str = Field("", description="How every answer of a model begins; the model continues it.")


def teaching_messages(question: str, settings: PromptSettings) -> list[Message]:
    """The messages that ask for an answer to one question, without a demo."""
    return [*_system(settings), _user(question, settings)]


def exam_messages(question: str, demos: Sequence[tuple[str, str]], settings: PromptSettings) -> list[Message]:
    """The messages that ask for an answer to `question` after the demos.

    A demo is (TP's question, TR and TA); it becomes one earlier turn, exactly as the teacher had it: with the
    instruction above the question where that is its place, and with the prefill that the teacher continued.
    Without a demo (the baseline) the messages are those of `teaching_messages`.
    """
    turns = [
        message
        for taught, rationale in demos
        for message in (
            _user(taught, settings),
            {"role": "assistant", "content": settings.prefill + rationale},
        )
    ]
    return [*_system(settings), *turns, _user(question, settings)]


def _system(settings: PromptSettings) -> list[Message]:
    if settings.instruction and settings.instruction_role == "system":
        return [{"role": "system", "content": settings.instruction}]
    return []


def _user(question: str, settings: PromptSettings) -> Message:
    if settings.instruction and settings.instruction_role == "user":
        return {"role": "user", "content": f"{settings.instruction}\n\n{question}"}
    return {"role": "user", "content": question}
