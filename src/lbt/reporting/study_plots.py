"""Figures of a study."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from lbt.reporting.plots import BASE_COLOUR, TUNED_COLOUR, styled

_COLOURS = ("#1f77b4", "#e3a008", "#2f9e6e", "#c0504d", "#7c5cbf", "#5b6b7b")


def plot_comparisons(comparisons: pd.DataFrame, seeds: pd.DataFrame) -> go.Figure:
    """Every comparison: its mean with the interval over seeds, and each seed as a dot."""
    table = comparisons.iloc[::-1]
    several = table["condition"].nunique() > 1
    labels = [
        f"{row['comparison']} ({row['condition']})" if several else row["comparison"]
        for row in table.to_dict("records")
    ]
    figure = go.Figure()
    own = seeds.merge(table[["condition", "comparison"]].assign(label=labels), on=["condition", "comparison"])
    figure.add_scatter(
        x=(100 * own["difference"]).tolist(),
        y=own["label"].tolist(),
        customdata=own["seed"].tolist(),
        mode="markers",
        marker={"color": BASE_COLOUR, "size": 7},
        name="one seed",
        hovertemplate="seed %{customdata}: %{x:+.1f} points<extra></extra>",
    )
    figure.add_scatter(
        x=(100 * table["difference"]).tolist(),
        y=labels,
        error_x=_bars(table, 100.0),
        mode="markers",
        marker={"color": TUNED_COLOUR, "size": 11, "symbol": "diamond"},
        name="mean, interval over seeds",
        hovertemplate="%{y}: %{x:+.1f} points<extra></extra>",
    )
    figure.add_vline(x=0, line_color="#444", line_width=1)
    figure.update_xaxes(title="difference in accuracy, points")
    figure.update_yaxes(automargin=True, categoryorder="array", categoryarray=labels)
    height = max(300, 130 + 34 * len(labels))
    legend = {"orientation": "h", "y": 1.0, "yanchor": "bottom"}
    return styled(figure, "What was compared", height=height, legend=legend)


def plot_conditions(comparisons: pd.DataFrame) -> go.Figure:
    """A line for each comparison that was made under several conditions, in their order."""
    figure = go.Figure()
    names = comparisons["comparison"].value_counts()
    for number, name in enumerate(name for name in names.index if names[name] > 1):
        rows = comparisons[comparisons["comparison"] == name]
        figure.add_scatter(
            x=rows["condition"].tolist(),
            y=(100 * rows["difference"]).tolist(),
            error_y=_bars(rows, 100.0),
            name=name,
            mode="lines+markers",
            line_color=_COLOURS[number % len(_COLOURS)],
        )
    figure.add_hline(y=0, line_color="#444", line_width=1)
    figure.update_yaxes(title="difference in accuracy, points")
    figure.update_xaxes(type="category")
    return styled(figure, "The same comparison under other conditions")


def plot_rounds(cells: pd.DataFrame) -> go.Figure:
    """Accuracy and the measures of exploration and exploitation, round by round, of arms with several."""
    figure = go.Figure()
    shown = {
        "eval.tuned.accuracy": "accuracy of the tuned teacher",
        "explore.pass_at_k_s": "pass@K-4 (exploration)",
        "explore.distinct_right": "different texts among the right",
        "explore.reward_at_k_s": "reward@K-4 (exploitation)",
    }
    arms = cells.loc[cells["round"] > 1, "arm"].unique()
    for arm in arms:
        means = cells[cells["arm"] == arm].groupby(["figure", "round"])["value"].mean()
        for number, (name, title) in enumerate(shown.items()):
            if name in means.index.get_level_values(0):
                line = means.loc[name]
                figure.add_scatter(
                    x=line.index.tolist(),
                    y=line.tolist(),
                    name=f"{arm}: {title}" if len(arms) > 1 else title,
                    mode="lines+markers",
                    line_color=_COLOURS[number],
                )
    figure.update_yaxes(tickformat=".0%", range=[0, 1.02])
    figure.update_xaxes(title="round", dtick=1)
    return styled(figure, "Round by round")


def _bars(table: pd.DataFrame, scale: float) -> dict[str, Any]:
    return {
        "type": "data",
        "symmetric": False,
        "array": (scale * (table["ci_high"] - table["difference"])).tolist(),
        "arrayminus": (scale * (table["difference"] - table["ci_low"])).tolist(),
    }
