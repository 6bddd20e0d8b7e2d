"""What a teacher is asked when it writes worked examples: first ones, reasons for failures, better ones."""

import re
from collections.abc import Mapping
from typing import ClassVar, Self

from pydantic import Field, model_validator

from lbt.configuration import Settings

_PLACE = re.compile(r"\{([a-z]+)\}")
_EXAMPLE = (
    "<example>\n<question>{question}</question>\n<reasoning>{rationale}</reasoning>\n"
    "<answer>{answer}</answer>\n</example>"
)
_FAILURE = "Question: {question}\nAnswer given: {given}\nRight answer: {answer}"
_FORM_OF_EXAMPLES = (
    "Write each example in exactly this form, and nothing else:\n<example>\n<question>the question</question>"
    "\n<reasoning>why the answer is right</reasoning>\n<answer>{labels}</answer>\n</example>"
)
_WRITE = (
    "{task}\n\nWrite {count} worked examples that teach someone to do this task. Make them different from "
    "each other, let every answer occur, and invent the questions yourself.\n\n" + _FORM_OF_EXAMPLES
)
_REASON = (
    "{task}\n\nSomeone who does this task was given these worked examples:\n\n{examples}\n\nWith them they "
    "answered these questions wrongly:\n\n{failures}\n\nExplain in a few sentences how the examples may have "
    "misled them, and what the examples fail to show."
)
_REWRITE = (
    "{task}\n\nSomeone who does this task was given these worked examples:\n\n{examples}\n\nWith them they "
    "answered these questions wrongly:\n\n{failures}\n\nWhat was wrong with the examples:\n\n{reason}\n\n"
    "Write {count} new worked examples that mend this. Keep what was good, do not copy the questions above "
    "that were answered wrongly, and let every answer occur.\n\n" + _FORM_OF_EXAMPLES
)


class ReflectionPrompts(Settings):
    """What the teacher is told, in forms whose {places} are filled in."""

    task: str = Field("", description="What the task is, in the words of whoever sets it.")
    answer_form: str = Field(
        "{rationale}\n{answer}", description="How an exemplar's answer stands in an exam's prompt."
    )
    example_form: str = Field(_EXAMPLE, description="How an exemplar is shown to the teacher.")
    failure_form: str = Field(_FAILURE, description="How a failure is shown to the teacher.")
    write_form: str = Field(_WRITE, description="Asks for the first exemplars.")
    reason_form: str = Field(_REASON, description="Asks why the exemplars misled.")
    rewrite_form: str = Field(_REWRITE, description="Asks for better exemplars.")

    needed: ClassVar[dict[str, frozenset[str]]] = {
        "answer_form": frozenset({"answer"}),
        "example_form": frozenset({"question", "rationale", "answer"}),
        "failure_form": frozenset({"question", "given", "answer"}),
        "write_form": frozenset({"count"}),
        "reason_form": frozenset({"examples", "failures"}),
        "rewrite_form": frozenset({"examples", "failures", "reason", "count"}),
    }

    @model_validator(mode="after")
    def _holds_what_it_is_about(self) -> Self:
        for name, places in self.needed.items():
            if missing := places - set(_PLACE.findall(getattr(self, name))):
                raise ValueError(f"{name} must hold {{{min(missing)}}}")
        return self


def fill(form: str, parts: Mapping[str, str]) -> str:
    """The form with its {places} filled in, all at once: braces in what is put in stay as they are."""
    return _PLACE.sub(lambda place: parts.get(place[1], place[0]), form)
