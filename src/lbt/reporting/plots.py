"""Figures of a run. Values go to plotly as plain lists, which every version of its browser part reads."""

from itertools import pairwise

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

BASE_COLOUR, TUNED_COLOUR, THIRD_COLOUR = "#9aa5b1", "#1f77b4", "#e3a008"

RIGHT, WRONG = "right answer", "wrong answer"
RIGHT_PROCEDURE, LUCKY = "right answer by the right procedure", "right answer by another procedure"
_BINS = 10
_GROUP_COLOURS = {RIGHT: TUNED_COLOUR, RIGHT_PROCEDURE: TUNED_COLOUR, LUCKY: THIRD_COLOUR, WRONG: BASE_COLOUR}


def plot_lbt_scores(
    rationales: pd.DataFrame, lbt_scores: pd.DataFrame, procedures: pd.DataFrame
) -> go.Figure:
    """How the LbT scores (mean over the students) of right and wrong rationales are spread, in tenths.

    Where the procedures are known, right answers that another procedure gave stand apart.
    """
    scores = lbt_scores[lbt_scores["student"] == "mean"].set_index("demo_id")["lbt_score"]
    table = rationales.assign(
        score=rationales["demo_id"].map(scores), group=groups_of(rationales, procedures)
    ).dropna(subset=["score"])
    edges = np.linspace(0, 1, _BINS + 1).round(9)
    figure = go.Figure()
    for name, colour in _GROUP_COLOURS.items():
        values = table.loc[table["group"] == name, "score"].to_numpy(float)
        if len(values):
            counts, _ = np.histogram(values, edges)
            figure.add_bar(
                x=[f"{low:.1f}–{high:.1f}" for low, high in pairwise(edges)],
                y=(counts / len(values)).tolist(),
                name=f"{name}: mean {values.mean():.2f}, n = {len(values):,}",
                marker_color=colour,
                customdata=counts.tolist(),
                hovertemplate="%{customdata} rationales (%{y:.0%}) score %{x}<extra></extra>",
            )
    figure.update_xaxes(title="LbT score: share of the students' exam answers that are right")
    figure.update_yaxes(title="share of each kind", tickformat=".0%")
    legend = {"orientation": "h", "y": -0.2, "yanchor": "top"}
    return styled(figure, "Which explanations teach?", barmode="group", legend=legend)


def groups_of(rationales: pd.DataFrame, procedures: pd.DataFrame) -> pd.Series:
    """Which kind each rationale is of: right or wrong answer, and by which procedure where that is known."""
    right_answer = rationales["verdict"] == "correct"
    groups = right_answer.map({True: RIGHT, False: WRONG})
    if len(procedures):
        right_ones = set(procedures.loc[procedures["right"].astype(bool), "rationale_id"])
        by_right_procedure = rationales["rationale_id"].isin(right_ones)
        groups[right_answer & by_right_procedure] = RIGHT_PROCEDURE
        groups[right_answer & ~by_right_procedure] = LUCKY
    return groups


def plot_accuracy_by_family(accuracy_by_family: pd.DataFrame) -> go.Figure:
    """Greedy accuracy of the base and the tuned teacher, a pair of bars a family, with their intervals."""
    ordered = accuracy_by_family[accuracy_by_family["model"] == "base"].sort_values("accuracy")
    families = ordered["family"].tolist()
    figure = go.Figure()
    for model, name, colour in (
        ("base", "before training", BASE_COLOUR),
        ("tuned", "after training", TUNED_COLOUR),
    ):
        rows = accuracy_by_family[accuracy_by_family["model"] == model].set_index("family")
        if rows.empty:
            continue
        rows = rows.reindex(families)
        figure.add_bar(
            y=families,
            x=rows["accuracy"].tolist(),
            name=name,
            orientation="h",
            marker_color=colour,
            error_x={
                "type": "data",
                "symmetric": False,
                "array": (rows["ci_high"] - rows["accuracy"]).tolist(),
                "arrayminus": (rows["accuracy"] - rows["ci_low"]).tolist(),
                "thickness": 1,
                "width": 2,
            },
            customdata=rows["n"].tolist(),
            hovertemplate="%{y}: %{x:.0%} of %{customdata} problems<extra>" + name + "</extra>",
        )
    figure.update_xaxes(title="greedy accuracy", tickformat=".0%", range=[0, 1.02])
    figure.update_layout(
        barmode="group", height=max(320, 90 + 26 * len(families)), legend_traceorder="reversed"
    )
    return styled(figure, "The teacher before and after, by family of evaluation problems")


_CURVES = (
    ("loss", "loss", ("loss",)),
    ("reward margin", "chosen − rejected", ("reward_margin",)),
    ("reward accuracy", "share of pairs", ("reward_accuracy",)),
    ("log-probability of a rationale", "nats", ("logps_chosen", "logps_rejected")),
)


def plot_training_curves(training_log: pd.DataFrame) -> go.Figure:
    """Loss, reward margin and accuracy, log-probabilities of chosen and rejected rationales, by step."""
    if training_log.empty:
        figure = go.Figure()
        figure.add_annotation(text="The teacher was not trained in this run.", showarrow=False, font_size=16)
        figure.update_xaxes(visible=False)
        figure.update_yaxes(visible=False)
        return styled(figure, "Training curves")
    figure = make_subplots(rows=2, cols=2, subplot_titles=[title for title, _, _ in _CURVES])
    steps = training_log["step"].tolist()
    for index, (_, unit, columns) in enumerate(_CURVES):
        row, column = index // 2 + 1, index % 2 + 1
        for name in columns:
            colour = BASE_COLOUR if name == "logps_rejected" else TUNED_COLOUR
            label = name.removeprefix("logps_")
            figure.add_scatter(
                x=steps,
                y=training_log[name].tolist(),
                name=label,
                mode="lines",
                line_color=colour,
                showlegend=len(columns) > 1,
                row=row,
                col=column,
            )
        figure.update_yaxes(title=unit, row=row, col=column)
        figure.update_xaxes(title="step" if row == 2 else None, row=row, col=column)
    figure.update_layout(height=560)
    return styled(figure, "Training curves")


def styled(figure: go.Figure, title: str, **layout: object) -> go.Figure:
    """The look that all figures share."""
    figure.update_layout(
        title=title, template="plotly_white", margin={"l": 60, "r": 30, "t": 70, "b": 60}, **layout
    )
    return figure
