"""The pairs as a data set that TRL and others train on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from lbt.prompts import Message, PromptSettings, teaching_messages
from lbt.sharing.cards import card
from lbt.sharing.sources import source_named

_KEPT = (
    "pair_id",
    "problem_id",
    "family",
    "chosen_score",
    "rejected_score",
    "margin",
    "chosen_lbt_score",
    "rejected_lbt_score",
    "chosen_verdict",
    "rejected_verdict",
)


@dataclass(frozen=True)
class PreferenceSet:
    """The rows, and the card that describes them."""

    rows: pd.DataFrame
    card: str


def make_preference_set(
    pairs: pd.DataFrame,
    report: Mapping[str, Any],
    facts: Mapping[str, Any],
    prompts: PromptSettings,
    source: str,
) -> PreferenceSet:
    """The pairs as chat messages, and their card.

    Args:
        pairs: The table of that name.
        report: What was kept and dropped, as `build_pairs` tells it.
        facts: What was run.
        prompts: The text around a question.
        source: `problems.source`.
    """
    messages: dict[str, list[list[Message]]] = {
        "prompt": [teaching_messages(question, prompts) for question in pairs["question"]]
    }
    for side in ("chosen", "rejected"):
        messages[side] = [[{"role": "assistant", "content": prompts.prefill + text}] for text in pairs[side]]
    rows = pairs[list(_KEPT)].reset_index(drop=True)
    rows = pd.concat([rows, pd.DataFrame(messages)], axis=1)
    return PreferenceSet(rows, _card(pairs, report, facts, source))


def _card(pairs: pd.DataFrame, report: Mapping[str, Any], facts: Mapping[str, Any], source: str) -> str:
    known = source_named(source)
    kinds = (f"{kind.replace('>', ' over ')}: {count:,}" for kind, count in report["kinds"].items() if count)
    return card(
        "preference_set.md",
        source=known,
        size=_size_category(len(pairs)),
        pairs=len(pairs),
        report=report,
        facts=facts,
        problems=pairs["problem_id"].nunique(),
        families=pairs["family"].nunique(),
        kinds=", ".join(kinds) or "none",
    )


def _size_category(count: int) -> str:
    """As the hub counts."""
    if count < 1000:
        return "n<1K"
    return "1K<n<10K" if count < 10_000 else "10K<n<100K" if count < 100_000 else "100K<n<1M"
