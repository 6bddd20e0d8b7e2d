"""Stop where a model gave nothing that the next stage could use."""

import pandas as pd

from lbt.errors import ModelError
from lbt.generation import ModelSettings
from lbt.grading import ANSWERED, COUNTED

_SHOWN = 200


def check_answered(answers: pd.DataFrame, who: str, model: ModelSettings, stage: str) -> None:
    """Raise ModelError if there are answers and none of them can be read.

    Args:
        answers: Graded answers of one model.
        who: The model's role, such as "The teacher".
        model: Its settings, for the message.
        stage: The parameters that say how many tokens an answer may have, such as "teaching".
    """
    if answers.empty or answers["verdict"].isin(ANSWERED).any():
        return
    counted = answers[answers["verdict"].isin(COUNTED)]
    if counted.empty:
        raise ModelError(
            f"{who} ({model.path}) gave no answer: all {len(answers)} generations failed. The errors above "
            "say why. Remove their cause and run the same command again; nothing is lost."
        )
    first = str(counted["text"].iloc[0])
    shown = first if len(first) <= _SHOWN else first[:_SHOWN] + " …"
    truncated = int(counted["verdict"].eq("truncated").sum())
    raise ModelError(
        f"{who} ({model.path}) gave no readable answer in {len(counted)} texts. The first text: {shown!r}. "
        f"{truncated} of {len(counted)} ran out of tokens. Check that the model has the right chat "
        f"template, that {stage}.sampling.max_tokens leaves room for an answer, and that prompts.instruction "
        "asks for a last line such as '#### 12', \\boxed{12} or 'The answer is 12', or for a block of Python "
        "where answers are programs."
    )
