"""Chat messages for teaching and for exams; the model's chat template turns them into text later."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from pydantic import Field, field_validator

from lbt.configuration import Settings

Message = dict[str, str]
"""A chat message with the keys `role` ("system", "user" or "assistant") and `content`."""

Demo = tuple[str, str]
"""A question, and the text that a model continued the prefill with."""

_QUESTION = "{question}"
_BETWEEN_BLOCKS = "\n\n\n"


class Shot(Settings):
    """A worked example."""

    question: str = Field(min_length=1)
    answer: str = Field(min_length=1, description="What the assistant says after the prefill.")


class PromptSettings(Settings):
    """The text around a question."""

    system: str = Field("", description="A system message of its own; empty for none.")
    instruction: str = Field("", description="What to do and how to write the answer; empty for none.")
    instruction_role: Literal["system", "user"] = Field(
        "system",
        description="Where the instruction stands in turns: in the system message, or above each question.",
    )
    shots: tuple[Shot, ...] = Field(
        (), description="Worked examples before every question, the teacher's and the students'."
    )
    layout: Literal["turns", "document"] = Field(
        "turns",
        description="turns: worked examples and demos are earlier turns; document: instruction, worked "
        "examples, demos and question are blocks of one user message.",
    )
    question_form: str = Field(_QUESTION, description="How a question is written; {question} stands for it.")
    prefill: str = Field("", description="How every answer of a model begins; the model continues it.")

    @field_validator("shots", mode="before")
    @classmethod
    def _a_word_is_no_list(cls, shots: Any) -> Any:
        # The command line cannot write a list.
        return () if shots == "none" else shots

    @field_validator("question_form")
    @classmethod
    def _holds_the_question(cls, form: str) -> str:
        if form.count(_QUESTION) != 1:
            raise ValueError(f"must hold {_QUESTION} exactly once, where the question is to stand")
        return form


def teaching_messages(question: str, settings: PromptSettings) -> list[Message]:
    """The messages that ask for an answer to one question, without a demo."""
    return exam_messages(question, [], settings)


def exam_messages(question: str, demos: Sequence[Demo], settings: PromptSettings) -> list[Message]:
    """The messages that ask for an answer to `question` after the worked examples and the demos.

    A demo is (TP's question, TR and TA). In the layout turns it becomes one earlier turn, exactly as the
    teacher had it: with the instruction above the question where that is its place, and with the prefill that
    the teacher continued. In the layout document it becomes a block of the one user message, of the question
    in its form, the prefill and the rationale, ended by a line break. Without a demo (the baseline) the
    messages are those of `teaching_messages`.
    """
    examples = [*((shot.question, shot.answer) for shot in settings.shots), *demos]
    if settings.layout == "document":
        blocks = [settings.instruction] if settings.instruction else []
        blocks += [_worked(example, settings) for example in examples]
        content = _BETWEEN_BLOCKS.join([*blocks, _form(question, settings)])
        return [*_system(settings), {"role": "user", "content": content}]
    turns = [turn for example in examples for turn in _turns(example, settings)]
    return [*_system(settings), *turns, _user(question, settings)]


def _system(settings: PromptSettings) -> list[Message]:
    # One message: many chat templates take no second one.
    parts = [settings.system]
    if settings.layout == "turns" and settings.instruction_role == "system":
        parts.append(settings.instruction)
    content = "\n\n".join(part for part in parts if part)
    return [{"role": "system", "content": content}] if content else []


def _worked(example: Demo, settings: PromptSettings) -> str:
    question, answer = example
    # A model ends its turn without a line break, a worked example of the settings with or without one.
    return f"{_form(question, settings)}{settings.prefill}{answer.rstrip()}\n"


def _turns(example: Demo, settings: PromptSettings) -> Iterator[Message]:
    question, answer = example
    yield _user(question, settings)
    yield {"role": "assistant", "content": settings.prefill + answer}


def _user(question: str, settings: PromptSettings) -> Message:
    content = _form(question, settings)
    if settings.instruction and settings.instruction_role == "user":
        content = f"{settings.instruction}\n\n{content}"
    return {"role": "user", "content": content}


def _form(question: str, settings: PromptSettings) -> str:
    return settings.question_form.replace(_QUESTION, question)
