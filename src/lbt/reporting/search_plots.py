"""Figures of a search. Values go to plotly as plain lists, which every version of its browser part reads."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from lbt.reporting.plots import BASE_COLOUR, THIRD_COLOUR, TUNED_COLOUR

_PREFIX, _SUFFIX = "search.", ".accuracy"
_COLOURS = {"sc": BASE_COLOUR, "max": "#7fb3d8", "sum": TUNED_COLOUR, "worked_examples": THIRD_COLOUR}
_OWN_EXAMS = "#b07aa1"
_VISIBLE_TESTS_ALONE, _VISIBLE_TESTS = "#8cd17d", "#59a14f"


def plot_search_accuracy(metrics: Mapping[str, float]) -> go.Figure:
    """Accuracy of every method, one bar each, with its interval."""
    methods = [
        name.removeprefix(_PREFIX).removesuffix(_SUFFIX)
        for name in metrics
        if name.startswith(_PREFIX) and name.endswith(_SUFFIX)
    ]
    shares = [metrics[f"{_PREFIX}{method}{_SUFFIX}"] for method in methods]
    highs = [metrics[f"{_PREFIX}{method}{_SUFFIX}_ci_high"] for method in methods]
    lows = [metrics[f"{_PREFIX}{method}{_SUFFIX}_ci_low"] for method in methods]
    figure = go.Figure()
    figure.add_bar(
        x=[method_title(method) for method in methods],
        y=shares,
        marker_color=[_colour(method) for method in methods],
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [high - share for high, share in zip(highs, shares, strict=True)],
            "arrayminus": [share - low for low, share in zip(lows, shares, strict=True)],
            "thickness": 1,
            "width": 3,
        },
        hovertemplate="%{x}: %{y:.1%}<extra></extra>",
    )
    figure.update_yaxes(title="accuracy", tickformat=".0%", range=[0, 1.02])
    title = f"Which answers are right? {metrics['search.problems']:,.0f} teaching problems"
    return _styled(figure, title, showlegend=False)


def plot_search_curve(search_curve: pd.DataFrame) -> go.Figure:
    """Accuracy against the number of rationales, a line a method; bars show one sd over the subsets."""
    figure = go.Figure()
    for method, rows in search_curve.groupby("method", sort=False):
        figure.add_scatter(
            x=rows["rationales"].tolist(),
            y=rows["accuracy"].tolist(),
            name=method_title(str(method)),
            mode="lines+markers",
            line_color=_colour(str(method)),
            error_y={"type": "data", "array": rows["sd"].tolist(), "thickness": 1, "width": 3},
            hovertemplate="%{x} rationales: %{y:.1%}<extra>" + method_title(str(method)) + "</extra>",
        )
    ticks = sorted({int(size) for size in search_curve["rationales"]})
    figure.update_xaxes(title="rationales of each teaching problem", type="log", tickvals=ticks)
    figure.update_yaxes(title="accuracy", tickformat=".0%")
    return _styled(figure, "What more rationales give")


def method_title(method: str) -> str:
    """A method as a person reads it."""
    if method == "sc":
        return "SC"
    if method in ("greedy", "worked_examples", "equal_generations", "random", "visible_tests"):
        return method.replace("_", " ")
    first, _, second = method.partition(".")
    if first == "teacher_exams":
        return f"{second.upper()}, own exams"
    if first == "visible_tests":
        return f"visible tests, then {second.upper()}"
    return f"{first.upper()}, {second}" if second else first.upper()


def _colour(method: str) -> str:
    if method.startswith("teacher_exams."):
        return _OWN_EXAMS
    if method.startswith("visible_tests"):
        return _VISIBLE_TESTS if "." in method else _VISIBLE_TESTS_ALONE
    return _COLOURS.get(method.partition(".")[0], BASE_COLOUR)


def _styled(figure: go.Figure, title: str, **layout: object) -> go.Figure:
    figure.update_layout(
        title=title, template="plotly_white", margin={"l": 60, "r": 30, "t": 70, "b": 60}, **layout
    )
    return figure
