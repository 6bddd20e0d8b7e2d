"""A refinement over its rounds. Values go to plotly as plain lists, which every version of its browser part
reads."""

import pandas as pd
import plotly.graph_objects as go

from lbt.reporting.plots import BASE_COLOUR, THIRD_COLOUR, TUNED_COLOUR
from lbt.reporting.refine_summary import ARM_TITLES

_COLOURS = {
    "students": TUNED_COLOUR,
    "own": THIRD_COLOUR,
    "random_search": "#b07aa1",
    "random_changes": "#59a14f",
    "none": BASE_COLOUR,
    "random": BASE_COLOUR,
    "first_right": BASE_COLOUR,
}
_DASHES = {"none": "dot", "random": "dash", "first_right": "dashdot"}


def plot_refine_rounds(refine_rounds: pd.DataFrame) -> go.Figure:
    """The teacher on held-out problems with the best set of each round: F1 if there is one, else accuracy.

    A line an arm, the mean over the repeats; arms that stay as they are go straight across. Bars are
    intervals over questions, where there is one repeat.
    """
    measured, name = ("f1", "F1") if refine_rounds["f1"].notna().any() else ("accuracy", "accuracy")
    ends = ("f1_ci_low", "f1_ci_high") if measured == "f1" else ("ci_low", "ci_high")
    last = int(refine_rounds["round"].max())
    single = refine_rounds["repeat"].nunique() == 1
    figure = go.Figure()
    for arm in [arm for arm in ARM_TITLES if arm in set(refine_rounds["arm"])]:
        means = refine_rounds[refine_rounds["arm"] == arm].groupby("round")[[measured, *ends]].mean()
        fixed = len(means) == 1
        values = means[measured].tolist()
        bars = {
            "type": "data",
            "symmetric": False,
            "array": (means[ends[1]] - means[measured]).tolist(),
            "arrayminus": (means[measured] - means[ends[0]]).tolist(),
            "thickness": 1,
            "width": 3,
            "visible": single and not fixed,
        }
        figure.add_scatter(
            x=[0, last] if fixed else means.index.tolist(),
            y=values * 2 if fixed else values,
            name=ARM_TITLES[arm],
            mode="lines" if fixed else "lines+markers",
            line={"color": _COLOURS[arm], "dash": _DASHES.get(arm, "solid")},
            error_y=bars,
            hovertemplate="round %{x}: %{y:.1%}<extra>" + ARM_TITLES[arm] + "</extra>",
        )
    figure.update_xaxes(title="round", dtick=1)
    figure.update_yaxes(title=f"{name} of the teacher on held-out problems", tickformat=".0%")
    figure.update_layout(
        title="What refining the exemplars gives",
        template="plotly_white",
        margin={"l": 60, "r": 30, "t": 70, "b": 60},
    )
    return figure
