"""Which prompts are answered together."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, islice

from lbt.generation.engines.engine import Prompt
from lbt.generation.engines.transformers.sharing import by_neighbourhood
from lbt.generation.settings import SamplingSettings

# Prompts that are ordered at a time: in longer stretches of what a stage asks, demos of one length but of
# different problems would stand together, which share less.
_STRETCH = 512


def batches(
    prompts: Sequence[Prompt], rows: Callable[[int], int]
) -> Iterator[tuple[SamplingSettings, list[Prompt]]]:
    """Batches of equal sampling settings; neighbours share beginnings and are of like length.

    Args:
        prompts: Whose samples are wanted; those of one prompt may come to stand in several batches.
        rows: How many answers to prompts of so many tokens, answer included, are written at a time.
    """
    ordered = sorted(prompts, key=lambda prompt: (prompt.sampling.model_dump_json(), prompt.tokens))
    for sampling, group in groupby(ordered, key=lambda prompt: prompt.sampling):
        batch: list[Prompt] = []
        taken = longest = most = 0
        for prompt in _in_order(group):
            if len(prompt.tokens) > longest:
                longest = len(prompt.tokens)
                most = rows(longest + sampling.max_tokens)
            remaining = prompt.samples
            while remaining:
                if taken >= most:
                    yield sampling, batch
                    batch, taken, longest = [], 0, len(prompt.tokens)
                    most = rows(longest + sampling.max_tokens)
                now, remaining = remaining[: most - taken], remaining[most - taken :]
                batch.append(replace(prompt, samples=now))
                taken += len(now)
        yield sampling, batch


def _in_order(prompts: Iterator[Prompt]) -> Iterator[Prompt]:
    while stretch := list(islice(prompts, _STRETCH)):
        for place in by_neighbourhood([prompt.tokens for prompt in stretch]):
            yield stretch[place]
