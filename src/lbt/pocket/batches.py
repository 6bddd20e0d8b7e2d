"""Documents as padded token batches, bucketed by length."""

from collections.abc import Iterator
from itertools import islice
from random import Random
from typing import TYPE_CHECKING

from lbt.pocket.corpus import Document

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

CHUNK = 16_384
IGNORED = -100

Row = tuple[list[int], list[int]]
Batch = tuple[list[list[int]], list[list[int]]]


def encode(document: Document, tokenizer: "PreTrainedTokenizerFast") -> Row:
    """Token ids and labels of a document; only the assistant's tokens, end of turn included, are learned."""
    ids: list[int] = []
    labels: list[int] = []
    for turn in document:
        question = [{"role": "user", "content": turn.question}]
        prompt = tokenizer.apply_chat_template(question, tokenize=False, add_generation_prompt=True)
        prompt_ids = tokenizer(prompt, add_special_tokens=False)["input_ids"]
        answer_ids = tokenizer(f"{turn.rationale}{tokenizer.eos_token}", add_special_tokens=False)[
            "input_ids"
        ]
        ids += prompt_ids + answer_ids
        labels += [IGNORED] * len(prompt_ids) + answer_ids
    return ids, labels


def _pad(rows: list[Row], pad: int) -> Batch:
    width = max(len(ids) for ids, _ in rows)
    ids = [row + [pad] * (width - len(row)) for row, _ in rows]
    labels = [row + [IGNORED] * (width - len(row)) for _, row in rows]
    return ids, labels


def batches(
    documents: Iterator[Document], tokenizer: "PreTrainedTokenizerFast", tokens: int, seed: str
) -> Iterator[Batch]:
    """An endless, seeded stream of batches of about `tokens` tokens, padding included, of endless documents.

    Each batch is (ids, labels), both of shape (rows, width), padded on the right.
    """
    rng = Random(f"{seed}/batches")
    while True:
        rows = sorted((encode(d, tokenizer) for d in islice(documents, CHUNK)), key=lambda row: len(row[0]))
        chunk: list[list[Row]] = [[]]
        for row in rows:
            if (len(chunk[-1]) + 1) * len(row[0]) > tokens:
                chunk.append([])
            chunk[-1].append(row)
        rng.shuffle(chunk)
        yield from (_pad(rows, tokenizer.pad_token_id) for rows in chunk)
