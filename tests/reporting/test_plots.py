"""Figures hold the right numbers, in a form that kedro-viz and MLflow can show."""

import json

import pandas as pd
import plotly.graph_objects as go

from lbt.reporting import plot_accuracy_by_family, plot_lbt_scores, plot_training_curves

RATIONALES = pd.DataFrame(
    {
        "rationale_id": ["p/0", "p/1", "p/2", "q/0", "q/1"],
        "demo_id": ["a", "a", "b", "c", "d"],
        "verdict": ["correct", "correct", "wrong", "correct", "no_answer"],
    }
)
SCORES = pd.DataFrame(
    {
        "demo_id": ["a", "b", "c", "a"],
        "student": ["mean", "mean", "mean", "weak"],
        "lbt_score": [0.9, 0.1, 0.4, 0.2],
    }
)
NO_PROCEDURES = pd.DataFrame({"rationale_id": [], "procedure": [], "right": []})


def bars_by_name(figure: go.Figure) -> dict[str, dict[str, float]]:
    return {trace.name: {x: y for x, y in zip(trace.x, trace.y, strict=True) if y} for trace in figure.data}


def test_right_rationales_are_drawn_apart_from_wrong_ones() -> None:
    figure = plot_lbt_scores(RATIONALES, SCORES, NO_PROCEDURES)
    assert bars_by_name(figure) == {
        "right answer: mean 0.73, n = 3": {"0.4–0.5": 1 / 3, "0.9–1.0": 2 / 3},
        "wrong answer: mean 0.10, n = 1": {"0.1–0.2": 1.0},
    }


def test_lucky_rationales_are_drawn_apart_where_procedures_are_known() -> None:
    procedures = pd.DataFrame(
        {
            "rationale_id": ["p/0", "p/1", "p/2", "q/0"],
            "procedure": ["right", "right", "misconception", "misconception"],
            "right": [True, True, False, False],
        }
    )
    assert list(bars_by_name(plot_lbt_scores(RATIONALES, SCORES, procedures))) == [
        "right answer by the right procedure: mean 0.90, n = 2",
        "right answer by another procedure: mean 0.40, n = 1",
        "wrong answer: mean 0.10, n = 1",
    ]


def families(models: list[str]) -> pd.DataFrame:
    rows = [
        (model, family, 20, accuracy, accuracy - 0.1, accuracy + 0.1)
        for model in models
        for family, accuracy in (("gcd", 0.6), ("clock", 0.2))
    ]
    return pd.DataFrame(rows, columns=["model", "family", "n", "accuracy", "ci_low", "ci_high"])


def test_families_are_ordered_by_the_base_teacher_with_both_models_side_by_side() -> None:
    figure = plot_accuracy_by_family(families(["base", "tuned"]))
    assert [trace.name for trace in figure.data] == ["before training", "after training"]
    assert list(figure.data[1].y) == ["clock", "gcd"]
    assert list(figure.data[1].x) == [0.2, 0.6]
    assert [round(width, 3) for width in figure.data[0].error_x.array] == [0.1, 0.1]


def test_only_the_base_teacher_is_drawn_when_there_is_no_other() -> None:
    figure = plot_accuracy_by_family(families(["base"]))
    assert [trace.name for trace in figure.data] == ["before training"]


def test_an_evaluation_without_problems_gives_an_empty_figure() -> None:
    assert len(plot_accuracy_by_family(families([])).data) == 0


def training_log(steps: int) -> pd.DataFrame:
    columns = [
        "epoch",
        "loss",
        "learning_rate",
        "reward_margin",
        "reward_accuracy",
        "logps_chosen",
        "logps_rejected",
    ]
    frame = pd.DataFrame({"step": [float(step) for step in range(steps)]})
    return frame.assign(**dict.fromkeys(columns, 0.5))


def test_training_curves_show_loss_margin_accuracy_and_log_probabilities() -> None:
    figure = plot_training_curves(training_log(3))
    assert [trace.name for trace in figure.data] == [
        "loss",
        "reward_margin",
        "reward_accuracy",
        "chosen",
        "rejected",
    ]


def test_a_run_without_training_says_so_in_the_figure() -> None:
    figure = plot_training_curves(training_log(0))
    assert figure.layout.annotations[0].text == "The teacher was not trained in this run."


def test_figures_hold_plain_numbers_that_every_plotly_reads() -> None:
    for figure in (
        plot_lbt_scores(RATIONALES, SCORES, NO_PROCEDURES),
        plot_accuracy_by_family(families(["base", "tuned"])),
        plot_training_curves(training_log(3)),
    ):
        assert "bdata" not in json.dumps(json.loads(figure.to_json()))
