"""The exemplar sets of all rounds, side by side, as Markdown."""

from collections.abc import Iterator

import pandas as pd

from lbt.reporting.refine_summary import ARM_TITLES


def describe_sets(state: pd.DataFrame, rounds: pd.DataFrame) -> str:
    """The best set of each round: a table an arm and repeat, with a column a round and a row an exemplar.

    An exemplar that stayed as it was is shown as "=". Args are the tables `refine_state` and `refine_rounds`.
    """
    lines = ["# Exemplar sets by round", "", "The best set of each round; = is the exemplar to the left."]
    best = state[state["rank"] == 0]
    for arm in [arm for arm in ARM_TITLES if arm in set(best["arm"])]:
        for repeat, own in best[best["arm"] == arm].groupby("repeat"):
            measured = rounds[(rounds["arm"] == arm) & (rounds["repeat"] == repeat)].set_index("round")
            lines += ["", f"## {ARM_TITLES[arm]}, repeat {repeat}", "", *_side_by_side(own, measured)]
    return "\n".join(lines) + "\n"


def _side_by_side(best: pd.DataFrame, measured: pd.DataFrame) -> Iterator[str]:
    numbers = sorted(best["round"].unique())
    yield f"| | {' | '.join(f'round {number}' for number in numbers)} |"
    yield "|---" * (len(numbers) + 1) + "|"
    yield f"| score, held out | {' | '.join(_figures(measured.loc[number]) for number in numbers)} |"
    parts = {number: best[best["round"] == number].set_index("position") for number in numbers}
    for position in sorted(best["position"].unique()):
        cells, before = [], ""
        for number in numbers:
            rows = parts[number]
            cell = _cell(rows.loc[position]) if position in rows.index else ""
            cells.append("=" if cell and cell == before else cell)
            before = cell
        yield f"| {position + 1} | {' | '.join(cells)} |"


def _figures(row: pd.Series) -> str:
    score = "none" if pd.isna(row["score"]) else f"{100 * row['score']:.1f} %"
    accuracy = "none" if pd.isna(row["accuracy"]) else f"{100 * row['accuracy']:.1f} %"
    return f"{score}, {accuracy}" + ("" if pd.isna(row["f1"]) else f", F1 {100 * row['f1']:.1f} %")


def _cell(row: pd.Series) -> str:
    return f"{_plain(row['question'])}<br>{_plain(row['rationale'])}<br>**{_plain(row['answer'])}**"


def _plain(text: str) -> str:
    """Text as it was written, which Markdown and HTML leave alone."""
    for sign, spelt in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("|", "&#124;"), ("`", "&#96;")):
        text = text.replace(sign, spelt)
    for sign in ("\\", "*", "_", "#", "$"):
        text = text.replace(sign, f"\\{sign}" if sign != "\\" else "&#92;")
    return text.replace("\n", "<br>")
