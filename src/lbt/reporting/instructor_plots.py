"""Figures of an instruction. Values go to plotly as plain lists, as in `plots`."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from lbt.reporting.instructor_summary import TITLES
from lbt.reporting.plots import BASE_COLOUR, THIRD_COLOUR, TUNED_COLOUR, styled

_COLOURS = {
    "base": BASE_COLOUR,
    "original": THIRD_COLOUR,
    "blind": "#b07aa1",
    "le": "#7fb3d8",
    "lec": TUNED_COLOUR,
}


def plot_rounds(rounds: pd.DataFrame, metrics: Mapping[str, float]) -> go.Figure:
    """Held-out accuracy against iterations, a line an arm, all from the target before any training."""
    figure = go.Figure()
    name = "instructor.base.accuracy"
    base = (metrics[name], metrics[f"{name}_ci_low"], metrics[f"{name}_ci_high"])
    for arm, rows in rounds.groupby("arm", sort=False):
        points = [base, *rows[["accuracy", "accuracy_ci_low", "accuracy_ci_high"]].itertuples(index=False)]
        figure.add_scatter(
            x=[0, *rows["iteration"].tolist()],
            y=[float(point[0]) for point in points],
            name=TITLES[str(arm)],
            mode="lines+markers",
            line_color=_COLOURS[str(arm)],
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [float(high - share) for share, _, high in points],
                "arrayminus": [float(share - low) for share, low, _ in points],
                "thickness": 1,
                "width": 3,
            },
            hovertemplate="iteration %{x}: %{y:.1%}<extra>" + TITLES[str(arm)] + "</extra>",
        )
    figure.update_xaxes(title="iteration; 0 is the target before any training", dtick=1)
    figure.update_yaxes(title="greedy accuracy", tickformat=".0%")
    return styled(
        figure, f"What the target learns from, on {metrics['instructor.problems']:,.0f} held-out problems"
    )


def plot_families(by_family: pd.DataFrame) -> go.Figure:
    """Accuracy in each family before, and after the last iteration of every arm."""
    last = by_family[by_family["iteration"] == by_family.groupby("arm")["iteration"].transform("max")]
    base = last[last["arm"] == "base"].sort_values("accuracy")
    families = base["family"].tolist()
    figure = go.Figure()
    for arm, title in TITLES.items():
        rows = last[last["arm"] == arm].set_index("family")
        if rows.empty:
            continue
        rows = rows.reindex(families)
        figure.add_bar(
            y=families,
            x=rows["accuracy"].tolist(),
            name=title,
            orientation="h",
            marker_color=_COLOURS[arm],
            customdata=rows["n"].tolist(),
            hovertemplate="%{y}: %{x:.0%} of %{customdata} problems<extra>" + title + "</extra>",
        )
    figure.update_xaxes(title="greedy accuracy", tickformat=".0%", range=[0, 1.02])
    figure.update_layout(
        barmode="group", height=max(360, 90 + 46 * len(families)), legend_traceorder="reversed"
    )
    return styled(figure, "What the target can do, by family of held-out problems")
