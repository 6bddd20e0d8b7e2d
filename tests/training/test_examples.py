"""Promises of the tokens that are trained on: they are those of sampling."""

from typing import Any

import pandas as pd
import pytest

from lbt.errors import ModelError
from lbt.generation import ModelSettings
from lbt.prompts import PromptSettings, teaching_messages
from lbt.training.examples import end_of_turn_token, example_length, tokenize_pairs

from .conftest import CHAT_TEMPLATE, make_pairs

END, USER = 1, 3


@pytest.fixture
def tokenizer(teacher: ModelSettings) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(teacher.path)


def generation_config(*stops: int) -> Any:
    from transformers import GenerationConfig

    return GenerationConfig(eos_token_id=list(stops))


PROMPTS = [
    PromptSettings(),
    PromptSettings(instruction="Explain every step."),
    PromptSettings(instruction="Explain every step.", instruction_role="user", prefill="Let's see.\n"),
]


@pytest.mark.parametrize("prompts", PROMPTS)
def test_prompt_and_completion_are_the_chat_templates_own_rendering(
    tokenizer: Any, pairs: pd.DataFrame, prompts: PromptSettings
) -> None:
    examples, _ = tokenize_pairs(pairs, tokenizer, END, prompts, 256)
    for example, row in zip(examples, pairs.itertuples(), strict=True):
        messages = teaching_messages(str(row.question), prompts)
        for key, text in (("chosen_ids", row.chosen), ("rejected_ids", row.rejected)):
            turn = [*messages, {"role": "assistant", "content": f"{prompts.prefill}{text}"}]
            whole = tokenizer.apply_chat_template(turn, tokenize=False)
            assert tokenizer.decode(example["prompt_ids"] + example[key]) == whole
            assert example[key][-1] == END
            assert END not in example["prompt_ids"]


def test_prompt_ends_with_the_prefill_and_is_the_same_for_both_rationales(tokenizer: Any) -> None:
    prompts = PromptSettings(prefill="I add.")
    row = make_pairs(1).assign(chosen="med all", rejected="\n#### 3")
    (example,), _ = tokenize_pairs(row, tokenizer, END, prompts, 256)
    question = row["question"].iloc[0]
    assert tokenizer.decode(example["prompt_ids"]) == f"<|user|>{question}<|assistant|>I add."
    assert tokenizer.decode(example["chosen_ids"]) == "med all<end>"


def test_only_a_rationale_that_ended_by_itself_gets_an_end_of_turn(tokenizer: Any) -> None:
    # It gives an answer, and went on until it was cut: its verdict is that of the answer.
    row = make_pairs(1).assign(rejected="#### 10\nThe next question", rejected_finish_reason="length")
    (example,), _ = tokenize_pairs(row, tokenizer, END, PromptSettings(), 256)
    assert example["rejected_ids"][-1] != END
    assert example["chosen_ids"][-1] == END


def test_pairs_longer_than_the_maximum_are_left_out_and_counted(tokenizer: Any) -> None:
    rows = make_pairs(6)
    rows.loc[2, "chosen"] = "again and " * 60 + "#### 1"
    rows.loc[4, "rejected"] = "again and " * 60 + "#### 1"
    examples, too_long = tokenize_pairs(rows, tokenizer, END, PromptSettings(), 64)
    assert too_long == 2
    assert len(examples) == 4
    longest = max(example_length(example) for example in examples)
    kept, none_too_long = tokenize_pairs(rows.drop([2, 4]), tokenizer, END, PromptSettings(), longest)
    assert kept == examples
    assert none_too_long == 0


def test_end_of_turn_is_the_templates_own_and_not_the_end_of_text(tokenizer: Any) -> None:
    messages = [{"role": "user", "content": "2+2?"}]
    assert end_of_turn_token(tokenizer, generation_config(END), messages) == END
    tokenizer.chat_template = CHAT_TEMPLATE.replace("{{ eos_token }}", "<|user|>\n")
    assert end_of_turn_token(tokenizer, generation_config(END, USER), messages) == USER
    tokenizer.chat_template = CHAT_TEMPLATE.replace("{{ eos_token }}", "")
    assert end_of_turn_token(tokenizer, generation_config(END), messages) == END


def test_template_whose_end_of_turn_does_not_stop_sampling_is_refused(tokenizer: Any) -> None:
    tokenizer.chat_template = CHAT_TEMPLATE.replace("{{ eos_token }}", "<|user|>")
    with pytest.raises(ModelError, match=r"eos_token_id in the model's generation_config.json"):
        end_of_turn_token(tokenizer, generation_config(END), [{"role": "user", "content": "2+2?"}])
