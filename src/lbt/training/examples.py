"""Pairs and items as tokens: exactly the tokens that a model sees and writes when it is sampled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from lbt.errors import ModelError
from lbt.generation import render_prompt
from lbt.prompts import Message, PromptSettings, teaching_messages

if TYPE_CHECKING:
    from transformers import GenerationConfig, PreTrainedTokenizerBase

Example = dict[str, list[int]]
"""The columns that TRL's collators read: of a pair `prompt_ids`, `chosen_ids` and `rejected_ids`; of an item
`input_ids`, the prompt and the answer, and `labels`, the same with `IGNORED` in place of the prompt."""

IGNORED = -100
"""The label of a token that is not learned."""

_PROBE = "answer"


def tokenize_pairs(
    pairs: pd.DataFrame,
    tokenizer: PreTrainedTokenizerBase,
    end_of_turn: int,
    prompts: PromptSettings,
    maximum_length: int,
) -> tuple[list[Example], int]:
    """Tokens of the pairs that fit, and how many did not.

    A pair is left out when its prompt with either rationale has more than `maximum_length` tokens: cutting it
    would lose the answer at the end. Only a rationale that ended by itself (finish reason "stop") gets an end
    of turn: one that was cut had none.
    """
    examples = []
    for row in pairs.to_dict("records"):
        messages = teaching_messages(row["question"], prompts)
        prompt = render_prompt(
            tokenizer, [(turn["role"], turn["content"]) for turn in messages], prompts.prefill
        )
        example = {"prompt_ids": _encode(tokenizer, prompt)}
        for side in ("chosen", "rejected"):
            end = [end_of_turn] if row[f"{side}_finish_reason"] == "stop" else []
            example[f"{side}_ids"] = [*_continue(tokenizer, prompt, row[side]), *end]
        if example_length(example) <= maximum_length:
            examples.append(example)
    return examples, len(pairs) - len(examples)


def tokenize_items(
    items: pd.DataFrame,
    tokenizer: PreTrainedTokenizerBase,
    end_of_turn: int,
    prompts: PromptSettings,
    maximum_length: int,
) -> tuple[list[Example], int]:
    """Tokens of the items that fit, and how many did not; lengths and ends of turn as for pairs."""
    examples = []
    for question, solution, finish in items[["question", "solution", "finish_reason"]].itertuples(
        index=False
    ):
        messages = teaching_messages(question, prompts)
        prompt = render_prompt(
            tokenizer, [(turn["role"], turn["content"]) for turn in messages], prompts.prefill
        )
        asked = _encode(tokenizer, prompt)
        answer = [*_continue(tokenizer, prompt, solution), *([end_of_turn] if finish == "stop" else [])]
        example = {"input_ids": asked + answer, "labels": [IGNORED] * len(asked) + answer}
        if example_length(example) <= maximum_length:
            examples.append(example)
    return examples, len(items) - len(examples)


def example_length(example: Example) -> int:
    """Tokens of an item, or of a pair's prompt with its longer rationale."""
    if "input_ids" in example:
        return len(example["input_ids"])
    return len(example["prompt_ids"]) + max(len(example["chosen_ids"]), len(example["rejected_ids"]))


def end_of_turn_token(
    tokenizer: PreTrainedTokenizerBase, generation: GenerationConfig, messages: list[Message]
) -> int:
    """The token with which the chat template ends an assistant's turn, and at which sampling stops.

    It is not always the tokenizer's end of text: Gemma's turns end with a token of their own.

    Raises:
        ModelError: The template ends a turn with nothing that stops generation.
    """
    ends = generation.eos_token_id
    stops = [*(ends if isinstance(ends, list) else [ends]), tokenizer.eos_token_id]
    turn = [*messages, {"role": "assistant", "content": _PROBE}]
    rendered: Any = tokenizer.apply_chat_template(turn, tokenize=False)
    ending = _encode(tokenizer, str(rendered).rpartition(_PROBE)[2])
    for token in ending:
        if token in stops:
            return token
    if ending or tokenizer.eos_token_id is None:
        raise ModelError(
            f"The chat template of {tokenizer.name_or_path} ends the assistant's turn with "
            f"{tokenizer.decode(ending)!r}, which is not among the tokens that stop generation {stops}. "
            "Add it to eos_token_id in the model's generation_config.json."
        )
    return int(tokenizer.eos_token_id)


def _encode(tokenizer: PreTrainedTokenizerBase, text: str) -> list[int]:
    """Token ids of a rendered text; the template has already written its special tokens."""
    ids: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    return ids


def _continue(tokenizer: PreTrainedTokenizerBase, prompt: str, text: str) -> list[int]:
    """Token ids of `text` after `prompt`."""
    start = _encode(tokenizer, prompt)
    whole = _encode(tokenizer, prompt + text)
    if whole[: len(start)] == start:
        return whole[len(start) :]
    # The end of the prompt and the start of the text would merge into a token that was never sampled.
    return _encode(tokenizer, text)
