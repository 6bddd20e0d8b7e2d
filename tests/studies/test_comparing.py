"""Arms are compared over seeds, and every figure can be worked out again with other code."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy import stats

from lbt import tables
from lbt.studies import StudySettings, compare_arms, list_cells

SEEDS = (3, 4, 5, 6, 7)
STUDY = {
    "title": "a study",
    "seeds": SEEDS,
    "conditions": {"usual": {}, "control": {"problems.pocket.lucky_share": 0}},
    "baseline": "plain",
    "arms": {
        "plain": {"conditions": ["usual", "control"]},
        "better": {"parameters": {"preferences.signal": "lbt"}, "rounds": 2},
        "same": {"conditions": ["control", "usual"]},
    },
}


def study(**changes: Any) -> StudySettings:
    return StudySettings.model_validate(STUDY | changes)


def outcomes(chances: dict[tuple[str, str], float], problems: int = 60, draw: int = 0) -> pd.DataFrame:
    """Answers that are right with each cell's chance."""
    rng = np.random.default_rng(draw)
    parts = []
    for (condition, arm), chance in chances.items():
        for seed in SEEDS:
            parts.append(
                pd.DataFrame(
                    {
                        "condition": condition,
                        "arm": arm,
                        "seed": seed,
                        "round": 1,
                        "outcome": "tuned",
                        "problem_id": [f"p{i}" for i in range(problems)],
                        "family": [f"f{i % 6}" for i in range(problems)],
                        "right": (rng.random(problems) < chance).astype(float),
                    }
                )
            )
    return tables.study_outcomes.validate(pd.concat(parts, ignore_index=True))


@given(draw=st.integers(0, 10_000))
@settings(deadline=None, max_examples=6)
def test_every_figure_is_that_of_other_code(draw: int) -> None:
    table = outcomes({("usual", "plain"): 0.5, ("usual", "better"): 0.8, ("usual", "same"): 0.5}, draw=draw)
    seeds, comparisons = compare_arms(table, study())
    tables.study_seeds.validate(seeds)
    tables.study_comparisons.validate(comparisons)
    means = table.groupby(["arm", "seed"])["right"].mean().unstack("seed")
    p_values = []
    for row in comparisons.to_dict("records"):
        differences = (means.loc[row["arm"]] - means.loc["plain"]).to_numpy()
        assert row["difference"] == pytest.approx(differences.mean())
        low, high = stats.t.interval(0.95, len(SEEDS) - 1, differences.mean(), stats.sem(differences))
        assert (row["ci_low"], row["ci_high"]) == pytest.approx((low, high))
        assert row["p_value"] == pytest.approx(stats.ttest_1samp(differences, 0).pvalue)
        assert row["seeds_above"] == (differences > 0).sum()
        p_values.append(row["p_value"])
        effect = row["smallest_effect"] / row["sd"] * np.sqrt(len(SEEDS))
        border = stats.t.ppf(0.975, len(SEEDS) - 1)
        power = stats.nct.sf(border, len(SEEDS) - 1, effect) + stats.nct.cdf(-border, len(SEEDS) - 1, effect)
        assert power == pytest.approx(0.8, abs=1e-3)
    smaller, larger = sorted(p_values)
    holm = {smaller: min(2 * smaller, 1), larger: max(min(2 * smaller, 1), larger)}
    assert comparisons["p_holm"].tolist() == pytest.approx([holm[p] for p in p_values])


def test_a_family_is_one_draw_however_many_problems_it_has() -> None:
    """Where families answer as one, the interval over families is wider than that over problems."""
    table = outcomes({("usual", "plain"): 0.0, ("usual", "better"): 0.0})
    better = table["arm"] == "better"
    table.loc[better, "right"] = table.loc[better, "family"].isin(["f0", "f1", "f2"]).astype(float)
    seeds, _ = compare_arms(table, study())
    widths = seeds["ci_high"] - seeds["ci_low"]
    assert (seeds["family_ci_high"] - seeds["family_ci_low"] > widths).all()


def test_only_seeds_that_both_arms_have_are_compared() -> None:
    table = outcomes({("usual", "plain"): 0.5, ("usual", "better"): 0.8})
    table = table[~((table["arm"] == "plain") & (table["seed"] == 3))]
    seeds, comparisons = compare_arms(table, study())
    assert set(seeds["seed"]) == {4, 5, 6, 7}
    assert comparisons["seeds"].tolist() == [4]


def test_one_seed_has_no_interval_and_no_test() -> None:
    table = outcomes({("usual", "plain"): 0.5, ("usual", "better"): 0.8})
    _, comparisons = compare_arms(table[table["seed"] == 3], study())
    assert comparisons[["ci_low", "p_value", "p_holm", "smallest_effect"]].isna().all(axis=None)


def test_each_condition_is_compared_with_its_own_baseline() -> None:
    table = outcomes(
        {("usual", "plain"): 0.5, ("control", "plain"): 0.9, ("usual", "same"): 0.5, ("control", "same"): 0.9}
    )
    _, comparisons = compare_arms(table, study())
    assert comparisons.set_index("condition")["less_accuracy"].to_dict() == pytest.approx(
        {"usual": 0.5, "control": 0.9}, abs=0.1
    )


def test_cells_come_condition_by_condition_and_seed_by_seed_and_a_round_after_its_own() -> None:
    cells = list_cells(study())
    assert len(cells) == 5 * (1 + 2 + 1) + 5 * (1 + 1)
    assert len({cell.fingerprint for cell in cells}) == len(cells) - 10  # plain and same ask for one thing
    places = [(cell.condition, cell.seed) for cell in cells]
    assert places == sorted(places, key=lambda place: (place[0] == "control", place[1]))
    rounds = [(cell.seed, cell.round) for cell in cells if cell.arm == "better"]
    assert rounds == [(seed, number) for seed in SEEDS for number in (1, 2)]
    control = [cell for cell in cells if cell.condition == "control"]
    assert {cell.parameters["problems.pocket.lucky_share"] for cell in control} == {0}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"baseline": "plane"}, "there is no 'plane'; there are plain, better, same"),
        ({"seeds": [1, 1]}, "twice"),
        ({"arms": {"plain": {"conditions": ["odd"]}}}, "arms.plain.conditions: there is no 'odd'"),
        ({"arms": {"plain": {"parameters": {"a.b": "1,2"}}}}, "comma"),
        ({"comparisons": [{"arm": "plain", "less": "same", "round": 2}]}, "plain has no round 2"),
    ],
)
def test_a_mistake_in_a_study_is_named(change: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        study(**change)


def test_each_comparison_has_a_name_of_its_own() -> None:
    comparisons = [{"arm": arm, "less": arm, "less_outcome": "base"} for arm in ("plain", "same")] + [
        {"arm": "better", "less": "better", "round": 2},
        {"arm": "better", "less": "plain"},
    ]
    table = outcomes({("usual", "plain"): 0.5, ("usual", "same"): 0.5, ("usual", "better"): 0.5})
    base = table[table["arm"] != "better"].assign(outcome="base")
    later = table[table["arm"] == "better"].assign(round=2)
    _, found = compare_arms(pd.concat([table, base, later]), study(comparisons=comparisons))
    assert found["comparison"].tolist() == [
        "plain: tuned less base",
        "same: tuned less base",
        "better: round 2 less round 1",
        "better round 1 less plain round 1",
    ]
    tables.study_comparisons.validate(found)
