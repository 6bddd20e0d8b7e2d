"""Which items are short enough to be learned, known before anything is trained."""

from __future__ import annotations

import pandas as pd

from lbt.generation import identify_model, load_tokenizer
from lbt.training.examples import tokenize_items
from lbt.training.job import Training
from lbt.training.settings import FineTuningSettings


def items_that_fit(items: pd.DataFrame, training: Training[FineTuningSettings]) -> list[bool]:
    """For each item whether `train_on_items` would learn it, or leave it out as too long.

    Raises:
        ModelError: The model is unknown or its tokenizer unusable.
    """
    if items.empty:
        return []
    tokenizer = load_tokenizer(identify_model(training.model, training.name))
    some_end = 0  # whichever token it is, it is one
    most = training.settings.maximum_length
    return [
        bool(tokenize_items(items.iloc[[row]], tokenizer, some_end, training.prompts, most)[0])
        for row in range(len(items))
    ]
