"""What the making of the embedded models ends with: a short table for the terminal."""

from collections.abc import Mapping
from pathlib import Path

from lbt.reporting.texts import Row, share, table


def summarise_models(figures: Mapping[str, Mapping[str, float]], folder: Path) -> str:
    """Every figure with its interval and number of answers, and where the models are.

    Args:
        figures: `share`, `low`, `high` (95% Wilson) and `n`, by `<model>.<figure>`.
        folder: Of the models.
    """
    rows: list[Row] = []
    for name, figure in figures.items():
        model, what = name.split(".")
        named = {what: figure["share"], f"{what}_ci_low": figure["low"], f"{what}_ci_high": figure["high"]}
        rows.append((f"{model}, {what}".replace("_", " "), f"{share(named, what)} of {figure['n']:,.0f}"))
    rows.append(("Models and their cards", str(folder)))
    return table(rows)
