"""Plots and the summary of a search."""

import json

import pandas as pd

from lbt.reporting.search_plots import plot_search_accuracy, plot_search_curve
from lbt.reporting.search_summary import summarise_search

USAGE = {"new": 1000.0, "reused": 200.0, "failed": 0.0}


def accuracy(method: str, share: float) -> dict[str, float]:
    name = f"search.{method}.accuracy"
    return {name: share, f"{name}_ci_low": share - 0.1, f"{name}_ci_high": share + 0.05}


def difference(name: str, points: float) -> dict[str, float]:
    key = f"search.{name}"
    return {
        key: points,
        f"{key}_ci_low": points - 0.1,
        f"{key}_ci_high": points + 0.1,
        f"{key}_p_value": 3.2e-8,
        f"{key}_family_ci_low": points - 0.2,
        f"{key}_family_ci_high": points + 0.2,
        f"{key}_family_p_value": 0.01,
    }


METRICS = {
    "search.problems": 224.0,
    **accuracy("greedy", 0.5),
    **accuracy("sc", 0.47),
    **accuracy("sum", 0.9),
    **accuracy("sum.strong", 0.88),
    **accuracy("teacher_exams.sum", 0.8),
    **accuracy("worked_examples", 0.85),
    **difference("sum_minus_sc", 0.43),
    **difference("sum_minus_worked_examples", 0.05),
    "search.failed": 1.0,
    "search.cost.sc.generations": 225 * 32.0,
    "search.cost.lbt.generations": 225 * 292.0,
}


def test_a_search_is_summarised_with_intervals_and_its_baselines() -> None:
    assert summarise_search(METRICS, [USAGE, USAGE]).splitlines() == [
        "Teaching problems          224",
        "Greedy answer              50.0 % [40.0, 55.0]",
        "SC (majority)              47.0 % [37.0, 52.0]",
        "SUM (votes by exam)        90.0 % [80.0, 95.0]",
        "  by strong alone          88.0 % [78.0, 93.0]",
        "SUM over SC                +43.0 points [+33.0, +53.0], p = 3.2e-08",
        "  in new families          [+23.0, +63.0], p = 0.01",
        "SUM, teacher's own exams   80.0 % [70.0, 85.0]",
        "Exam problems as examples  85.0 % [75.0, 90.0]",
        "SUM over examples          +5.0 points [-5.0, +15.0], p = 3.2e-08",
        "  in new families          [-15.0, +25.0], p = 0.01",
        "Generations a problem      32 SC, 292 MAX and SUM",
        "Generations                2,000 new, 400 from the store",
        "",
        "Intervals and p-values say what to expect of new problems in the same families; on the lines",
        '"in new families" they say what to expect of families that this run did not have.',
    ]


def test_a_search_on_programs_says_what_the_visible_tests_alone_give() -> None:
    of_programs = {
        **METRICS,
        **accuracy("visible_tests", 0.6),
        **accuracy("visible_tests.sum", 0.92),
        **difference("sum_minus_visible_tests", 0.3),
        "search.sum.hidden_share": 0.95,
        "search.visible_tests.hidden_share": 0.7,
    }
    lines = summarise_search(of_programs, [USAGE]).splitlines()
    start = lines.index("Any that passes visible tests  60.0 % [50.0, 65.0]")
    assert lines[start + 1 : start + 5] == [
        "  of these SUM                 92.0 % [82.0, 97.0]",
        "SUM over visible tests         +30.0 points [+20.0, +40.0], p = 3.2e-08",
        "  in new families              [+10.0, +50.0], p = 0.01",
        "Hidden tests passed            95.0 % SUM, 70.0 % visible tests",
    ]
    [bars] = plot_search_accuracy(of_programs).data
    assert list(bars.x)[-2:] == ["visible tests", "visible tests, then SUM"]


def test_accuracies_are_drawn_with_their_intervals() -> None:
    figure = plot_search_accuracy(METRICS)
    [bars] = figure.data
    assert list(bars.x) == ["greedy", "SC", "SUM", "SUM, strong", "SUM, own exams", "worked examples"]
    assert list(bars.y) == [0.5, 0.47, 0.9, 0.88, 0.8, 0.85]
    json.loads(figure.to_json())


def test_the_curve_has_a_line_a_method() -> None:
    curve = pd.DataFrame(
        {
            "method": ["sc", "sc", "sum", "sum"],
            "rationales": [1, 2, 1, 2],
            "accuracy": [0.4, 0.5, 0.4, 0.8],
            "sd": [0.1, 0.0, 0.1, 0.0],
        }
    )
    figure = plot_search_curve(curve)
    assert {line.name: list(line.y) for line in figure.data} == {"SC": [0.4, 0.5], "SUM": [0.4, 0.8]}
    assert list(figure.layout.xaxis.tickvals) == [1, 2]
