"""The default engine: a Hugging Face model in this process, on a GPU if there is one, else on the CPU."""

import gc
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

import numpy as np
import torch
import transformers
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from lbt.generation.engines.engine import Generated, Prompt
from lbt.generation.engines.transformers.attention import use_grouped_attention
from lbt.generation.engines.transformers.batching import batches
from lbt.generation.engines.transformers.decoding import Batch, Ending, decode
from lbt.generation.engines.transformers.hardware import choose_device, choose_dtype
from lbt.generation.engines.transformers.loading import load_model
from lbt.generation.identity import ModelIdentity
from lbt.generation.rendering import load_tokenizer
from lbt.generation.requests import Completion, FinishReason, sample_stream
from lbt.generation.settings import ModelSettings, SamplingSettings

# Larger batches gain nothing on 2 CPU cores and little on a GPU; smaller ones only where memory is short.
_MAXIMUM_ROWS = {"cpu": 192, "cuda": 512}
_CPU_BYTES = 1 << 30
_GPU_SHARE = 0.4
# Prompts that are made into batches at a time: more would leave fewer batches half full, and take memory.
_WINDOW = 8192


class TransformersEngine:
    """Batches of neighbours of like length, every sample drawn from its own random stream (`sample_stream`).

    What the prompts of a batch share is read once. A sample depends on what else is in its batch by rounding
    alone: in bfloat16 a rare token differs with the batch's shape, in float32 a very rare one, with
    batch_size 1 none.

    Args:
        settings: Device, precision and batch size.
        identity: The model, as `identify_model` found it.

    Raises:
        ModelError: The model cannot be loaded, or there is no such device.
    """

    name = "transformers"
    version = transformers.__version__

    def __init__(self, settings: ModelSettings, identity: ModelIdentity) -> None:
        self._settings = settings
        self._device = choose_device(settings.device, identity.name)
        self._tokenizer = load_tokenizer(identity)
        # On a CPU eager attention is the faster one in bfloat16 for one new token a row.
        attention = "eager" if self._device.type == "cpu" else "sdpa"
        model = load_model(identity, settings.adapter, choose_dtype(settings.dtype, self._device), attention)
        if attention == "eager":
            use_grouped_attention(model)
        self._model: PreTrainedModel | None = model.to(self._device).eval()
        self._context = _context_length(self._model)
        self._ends = _end_tokens(self._model, self._tokenizer)

    def generate(self, prompts: Iterable[Prompt]) -> Iterator[Generated]:
        """Yield the samples of all prompts as they end, one window of prompts after the other."""
        for sampling, batch in self._batches(iter(prompts)):
            # Not around the loop: what the caller does between two results is not inference.
            yield from _in_inference_mode(self._answer(batch, sampling))

    def close(self) -> None:
        """Free the model and its memory."""
        self._model = None
        gc.collect()
        if self._device.type == "cuda":
            torch.cuda.empty_cache()

    def _batches(self, prompts: Iterator[Prompt]) -> Iterator[tuple[SamplingSettings, list[Prompt]]]:
        """Batches of a window; the last one, which is seldom full, is filled up from the next window."""
        waiting: list[Prompt] = []
        while (new := list(islice(prompts, _WINDOW))) or waiting:
            *ready, last = batches(waiting + new, self._rows)
            waiting = last[1] if new else []
            yield from ready if new else [*ready, last]

    def _answer(self, prompts: list[Prompt], sampling: SamplingSettings) -> Iterator[Generated]:
        """The samples of one batch."""
        assert self._model is not None, "the engine is closed"
        rows = [(prompt, index) for prompt in prompts for index in prompt.samples]
        limits = [min(sampling.max_tokens, self._context - len(prompt.tokens)) for prompt, _ in rows]
        batch = Batch(
            prompts=[prompt.tokens for prompt in prompts],
            copies=[len(prompt.samples) for prompt in prompts],
            limits=limits,
            uniforms=_uniforms(rows, max(limits), sampling).to(self._device),
            sampling=sampling,
        )
        ending = Ending(self._ends, _stop_check(self._tokenizer, sampling.stop))
        for row, tokens, reason in decode(self._model, batch, ending):
            prompt, index = rows[row]
            yield Generated(prompt.key, index, self._completion(prompt, tokens, reason, sampling.stop))

    def _completion(
        self, prompt: Prompt, tokens: list[int], reason: FinishReason, stop: tuple[str, ...]
    ) -> Completion:
        text = self._tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        ends = [place for place in map(text.find, stop) if place >= 0]
        return Completion(text[: min(ends, default=len(text))], reason, len(prompt.tokens), len(tokens))

    def _rows(self, length: int) -> int:
        """How many answers of this length, prompt included, are written at a time."""
        if self._settings.batch_size is not None:
            return self._settings.batch_size
        assert self._model is not None, "the engine is closed"
        room = _CPU_BYTES
        if self._device.type == "cuda":
            room = int(torch.cuda.mem_get_info(self._device)[0] * _GPU_SHARE)
        fitting = room // _row_bytes(self._model, min(length, self._context))
        return max(1, min(fitting, _MAXIMUM_ROWS[self._device.type]))


def _in_inference_mode(results: Iterator[Generated]) -> Iterator[Generated]:
    while True:
        with torch.inference_mode():
            result = next(results, None)
        if result is None:
            return
        yield result


def _uniforms(rows: list[tuple[Prompt, int]], limit: int, sampling: SamplingSettings) -> torch.Tensor:
    """Random numbers of shape (rows, limit): a row's depend on its request key and sample index only."""
    if sampling.greedy:
        return torch.zeros(len(rows), 1, dtype=torch.float64).expand(-1, limit)
    streams = [sample_stream(prompt.key, index).random(limit) for prompt, index in rows]
    return torch.from_numpy(np.stack(streams))


def _stop_check(tokenizer: PreTrainedTokenizerBase, stop: tuple[str, ...]) -> Callable[[list[int]], bool]:
    """Whether the last tokens of an answer hold a stop text."""
    if not stop:
        return lambda tokens: False
    # Every token is at least one byte of text, so that a stop text lies within this many tokens.
    window = max(len(text.encode()) for text in stop) + 1

    def reached(tokens: list[int]) -> bool:
        tail = tokenizer.decode(
            tokens[-window:], skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return any(text in tail for text in stop)

    return reached


def _end_tokens(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> frozenset[int]:
    """All tokens that end a turn: models name some in their generation settings and one in the tokenizer."""
    config: Any = model.generation_config
    named = config.eos_token_id if config is not None else None
    ends = named if isinstance(named, list) else [named]
    return frozenset(end for end in [*ends, tokenizer.eos_token_id] if end is not None)


def _context_length(model: PreTrainedModel) -> int:
    return int(model.config.get_text_config().max_position_embeddings)


def _row_bytes(model: PreTrainedModel, length: int) -> int:
    """Memory of one answer of this length: its cache and, where attention is eager, its scores in float32."""
    config = model.config.get_text_config()
    # Architectures without grouped heads have no such field in their configuration.
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    cache = 2 * config.num_hidden_layers * heads * width * model.dtype.itemsize * length
    scores = 4 * config.num_attention_heads * length**2 if model.device.type == "cpu" else 0
    return int(cache + scores)
