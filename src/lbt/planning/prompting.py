"""What a model's prompts look like and how long they are, as far as its tokenizer is available here."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from lbt.errors import ModelError
from lbt.generation import ModelSettings, identify_model
from lbt.generation.rendering import Renderer, context_length, open_renderer
from lbt.prompts import Message

CHARACTERS_A_TOKEN = 4
"""For English text, where no tokenizer is available. Mathematics has somewhat fewer."""


@dataclass(frozen=True)
class Prompting:
    """A model with its chat template and tokenizer, or without them."""

    name: str
    model: ModelSettings
    renderer: Renderer | None
    """None where the template is the server's, or not available."""
    why_not: str
    """Why there is none."""
    context: int | None
    """The most tokens of prompt and answer together; None if unknown."""

    def render(self, messages: Sequence[Message], prefill: str) -> str:
        """The prompt as the model sees it, or without a template its messages one below the other.

        Raises:
            ModelError: The chat template refuses the messages.
        """
        if self.renderer is not None:
            return self.renderer.render([(turn["role"], turn["content"]) for turn in messages], prefill)
        turns = [f"[{turn['role']}]\n{turn['content']}" for turn in messages]
        return "\n".join([*turns, f"[assistant]\n{prefill}"])

    def count(self, texts: Sequence[str]) -> list[int]:
        """The tokens of each text, estimated where there is no tokenizer."""
        if self.renderer is not None:
            return [len(tokens) for tokens in self.renderer.tokenize(texts)]
        return [math.ceil(len(text) / CHARACTERS_A_TOKEN) for text in texts]


def by_model(promptings: Iterable[Prompting]) -> dict[ModelSettings, Prompting]:
    """Each model once; one that has several roles has all their names, such as "teacher, weak"."""
    found: dict[ModelSettings, Prompting] = {}
    for one in promptings:
        before = found.get(one.model)
        found[one.model] = replace(before, name=f"{before.name}, {one.name}") if before else one
    return found


def prompting_of(name: str, model: ModelSettings, parameter: str) -> Prompting:
    """How a model is prompted, as its folder says, or its repository on the hub or in the local cache.

    Raises:
        ModelError: A folder holds no usable model. A hub repository that cannot be reached raises nothing.
    """
    try:
        identity = identify_model(model, parameter)
    except ModelError as error:
        # A folder that is wrong is the user's to mend; a hub repository may be out of reach from here alone.
        if error.__cause__ is None:
            raise
        return Prompting(
            name,
            model,
            None,
            f"not available here ({type(error.__cause__).__name__})",
            context_length(model, None),
        )
    if model.speaks_chat:
        whose = "none: a script is given the messages" if model.engine == "scripted" else "the server's own"
        return Prompting(name, model, None, whose, context_length(model, None))
    return Prompting(name, model, open_renderer(model, identity), "", context_length(model, identity))
