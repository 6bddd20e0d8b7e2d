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
        parts = {"": "share", "_ci_low": "low", "_ci_high": "high"}
        value = share({f"share{end}": figure[part] for end, part in parts.items()}, "share")
        rows.append((f"{model}, {what}".replace("_", " "), f"{value} of {figure['n']:,.0f}"))
    rows.append(("Models and their cards", str(folder)))
    return table(rows)
