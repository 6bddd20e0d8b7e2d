"""A tiny real teacher: a random Llama and a byte-level BPE tokenizer with a chat template."""

import random
from pathlib import Path

import pandas as pd
import pytest

from lbt.generation import ModelSettings

CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|' + message['role'] + '|>' + message['content'] }}"
    "{% if message['role'] == 'assistant' %}{{ eos_token }}{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)
SPECIAL_TOKENS = ["<pad>", "<end>", "<|system|>", "<|user|>", "<|assistant|>"]


def make_teacher(
    folder: Path, hidden: int = 32, layers: int = 2, heads: int = 2, vocabulary: int = 400
) -> Path:
    """Write a random model that loads like any checkpoint; in bfloat16, as the embedded ones are."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=SPECIAL_TOKENS,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    texts = [
        text for row in make_pairs(200).itertuples() for text in (row.question, row.chosen, row.rejected)
    ]
    bpe.train_from_iterator(texts, trainer)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        eos_token="<end>",
        pad_token="<pad>",
        padding_side="left",
        chat_template=CHAT_TEMPLATE,
    )
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=hidden,
        intermediate_size=hidden * 5 // 2,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=heads,
        max_position_embeddings=512,
        tie_word_embeddings=True,
        pad_token_id=0,
        bos_token_id=None,
        eos_token_id=1,
    )
    LlamaForCausalLM(config).to(torch.bfloat16).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def make_pairs(count: int, steps: int = 1, seed: int = 0) -> pd.DataFrame:
    """Additions, right (chosen) or off by one (rejected), in `steps` lines."""
    draw = random.Random(seed)
    rows = []
    for index in range(count):
        a, b = draw.randint(2, 30), draw.randint(2, 30)
        lines = "".join(f"Then take {a} and {b} together.\n" for _ in range(draw.randint(1, 2 * steps - 1)))
        rows.append(
            {
                "pair_id": f"p{index}",
                "problem_id": f"t{index}",
                "family": "addition",
                "question": f"What is {a}+{b}?",
                "chosen": f"I add.\n{lines}#### {a + b}",
                "rejected": f"I guess.\n{lines}#### {a + b + 1}",
                "chosen_finish_reason": "stop",
                "rejected_finish_reason": "stop",
            }
        )
    return pd.DataFrame(rows)


@pytest.fixture(scope="session")
def teacher(tmp_path_factory: pytest.TempPathFactory) -> ModelSettings:
    """A teacher of 30 thousand parameters, on the CPU."""
    return ModelSettings(path=str(make_teacher(tmp_path_factory.mktemp("models") / "teacher")), device="cpu")


@pytest.fixture
def pairs() -> pd.DataFrame:
    """24 pairs of about 30 tokens."""
    return make_pairs(24)
