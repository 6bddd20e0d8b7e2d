"""Chat template to text: the same for every engine, and without torch."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lbt.errors import ModelError
from lbt.generation.identity import ModelIdentity

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


def load_tokenizer(identity: ModelIdentity) -> "PreTrainedTokenizerBase":
    """The model's tokenizer.

    Raises:
        ModelError: The tokenizer's files cannot be read.
    """
    folder = identity.folder
    try:
        if (Path(folder) / "tokenizer.json").is_file():
            # Not AutoTokenizer, which imports torch: a call whose answers are all stored needs none.
            from transformers import PreTrainedTokenizerFast

            return PreTrainedTokenizerFast.from_pretrained(folder)
        from transformers import AutoTokenizer

        return AutoTokenizer.from_pretrained(folder)
    except Exception as error:  # the tokenizers library raises nothing more particular
        raise ModelError(f"{identity.name}: the tokenizer in {folder} cannot be loaded: {error}") from error


def render_prompt(
    tokenizer: "PreTrainedTokenizerBase", messages: Iterable[tuple[str, str]], prefill: str = ""
) -> str:
    """The text up to where the model starts to write, which is after the prefill.

    It holds all special tokens, a BOS included if the template writes one: tokenise it with
    `add_special_tokens=False`, or a BOS comes twice.

    Raises:
        ModelError: The template refuses the messages, as some do with a system message.
    """
    from jinja2 import TemplateError

    chat = [{"role": role, "content": content} for role, content in messages]
    try:
        text: Any = tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
    except TemplateError as error:
        roles = ", ".join(message["role"] for message in chat)
        raise ModelError(
            f"The chat template of {tokenizer.name_or_path} refuses messages with the roles {roles}: "
            f"{error}. If it takes no system message, set prompts.instruction_role: user."
        ) from error
    return f"{text}{prefill}"
