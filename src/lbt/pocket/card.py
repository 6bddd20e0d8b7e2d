"""The model card of an embedded model."""

from collections.abc import Mapping

from lbt.pocket.settings import PocketSettings

_CARD = """---
license: mit
library_name: transformers
pipeline_tag: text-generation
---
# {name}

A Llama of {parameters:,} parameters, trained from scratch on the pocket: a generated domain of {families}
families of {tasks} with right procedures and misconceptions. It is a real model of a small,
constructed world, made to show learning by teaching end to end on a laptop; it can do nothing else, and its
figures say nothing about large language models.

## Training

Made by `{command}` (seed {seed}); {steps:,} steps, {tokens:,} tokens, {minutes:.1f}
minutes, last training loss {loss:.3f}. Hidden size {hidden}, feed-forward {feed_forward}, {layers} layers,
{heads} heads, tied embeddings, {vocabulary}-token byte-level BPE with single digits. Weights are in bfloat16.

{held_out}, by a hash of its family and {constants}, is held out of every corpus.

## Figures on held-out problems

Greedy unless said otherwise; 95% Wilson intervals.

| figure | share | interval | n |
|---|---|---|---|
{rows}
"""


def model_card(
    name: str,
    pocket: PocketSettings,
    training: Mapping[str, float],
    figures: Mapping[str, Mapping[str, float]],
    seed: int,
) -> str:
    """The card's Markdown: what the model is, how it was trained, and its own figures among all."""
    settings, world = pocket.models[name], pocket.described_world
    own = {key.removeprefix(f"{name}."): f for key, f in figures.items() if key.startswith(f"{name}.")}
    rows = "\n".join(
        f"| {key.replace('_', ' ')} | {f['share']:.1%} | {f['low']:.1%} to {f['high']:.1%} | {f['n']:.0f} |"
        for key, f in own.items()
    )
    return _CARD.format(
        name=f"pocket {name.replace('_', ' ')}",
        parameters=int(training["parameters"]),
        seed=seed,
        steps=int(training["steps"]),
        tokens=int(training["tokens"]),
        minutes=training["seconds"] / 60,
        loss=training["loss"],
        hidden=settings.hidden_size,
        feed_forward=settings.feed_forward_size,
        layers=settings.layers,
        heads=settings.heads,
        vocabulary=pocket.vocabulary,
        families=len(world.families),
        **world.words,
        rows=rows,
    )
