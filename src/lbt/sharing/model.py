"""The card of the tuned teacher."""

import json
from collections.abc import Mapping
from typing import Any

from lbt.sharing.cards import card
from lbt.sharing.sources import Source, source_named


def model_card(
    facts: Mapping[str, Any],
    training: Mapping[str, Any],
    metrics: Mapping[str, float],
    source: str,
    question: str,
) -> str:
    """The card's Markdown.

    Args:
        facts: What was run.
        training: The settings of the training.
        metrics: Figures by their MLflow names.
        source: `problems.source`.
        question: One that the model can be asked.
    """
    return _card(facts, training, metrics, source_named(source), question)


def card_of_training(description: Mapping[str, Any]) -> str:
    """The card of a model that is not evaluated yet, from what its training wrote down."""
    models = [{"name": "teacher", "path": description["base"]["path"]}]
    facts = {"arm": None, "command": None, "commit": None, "seed": description["seed"], "models": models}
    return _card(facts, description["settings"], description["metrics"], None, "…")


def _card(
    facts: Mapping[str, Any],
    training: Mapping[str, Any],
    metrics: Mapping[str, float],
    source: Source | None,
    question: str,
) -> str:
    path = next((model["path"] for model in facts["models"] if model["name"] == "teacher"), "a base model")
    on_the_hub = path.count("/") == 1 and not path.startswith((".", "/"))
    return card(
        "model.md",
        base=path if on_the_hub else None,
        path=path,
        facts=facts,
        training=training,
        metrics=metrics,
        evaluated="eval.delta" in metrics,
        source=source,
        question=json.dumps(question, ensure_ascii=False),
    )
