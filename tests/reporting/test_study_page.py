"""The page of a study: each of its numbers is in its tables, and it needs no network."""

import numpy as np
import pandas as pd
import pytest

from lbt import tables
from lbt.reporting.page.study import StudyMaterial, report_study
from lbt.reporting.page.study_text import describe_study
from lbt.studies import StudySettings, compare_arms
from tests.reporting.reading import Report

SEEDS = (1, 2, 3)
STUDY = StudySettings.model_validate(
    {
        "title": "A < B & C",
        "question": "Is it?",
        "seeds": SEEDS,
        "conditions": {"one": {"a.b": 1}, "two": {}},
        "baseline": "plain",
        "arms": {
            "plain": {"conditions": ["one", "two"]},
            "other": {"conditions": ["one", "two"], "rounds": 2},
        },
    }
)


def material() -> StudyMaterial:
    rng = np.random.default_rng(0)
    cells = [
        (condition, arm, seed, number)
        for condition in STUDY.conditions
        for arm, number in (("plain", 1), ("other", 1), ("other", 2))
        for seed in SEEDS
    ]
    outcomes = tables.study_outcomes.validate(
        pd.DataFrame(
            [
                (*cell, "tuned", f"p{i}", f"f{i % 5}", float(rng.random() < 0.6))
                for cell in cells
                for i in range(20)
            ],
            columns=list(tables.study_outcomes.columns),
        )
    )
    figures = tables.study_cells.validate(
        pd.DataFrame(
            [
                (*cell, f"run{place}", "abc", 9.0, name, float(rng.random()))
                for place, cell in enumerate(cells)
                for name in ("eval.tuned.accuracy", "explore.pass_at_k", "explore.luck")
            ],
            columns=list(tables.study_cells.columns),
        )
    )
    seeds, comparisons = compare_arms(outcomes, STUDY)
    return StudyMaterial("mine", STUDY.model_dump(mode="json"), comparisons, seeds, figures, 2)


def test_every_number_of_the_page_is_that_of_a_table() -> None:
    made = material()
    numbers = Report(report_study(made)).figures
    for row in made.comparisons.to_dict("records"):
        key = f"{row['condition']}: {row['comparison']}"
        for name in ("accuracy", "less_accuracy", "difference", "ci_low", "ci_high", "p_value", "p_holm"):
            assert numbers.pop(f"{key}.{name}") == pytest.approx(row[name])
        for name in ("family_ci_low", "family_ci_high", "smallest_effect", "seeds", "seeds_above"):
            assert numbers.pop(f"{key}.{name}") == pytest.approx(row[name])
    for row in made.seeds.to_dict("records"):
        key = f"{row['condition']}: {row['comparison']}, seed {row['seed']}"
        for name in ("difference", "ci_low", "ci_high"):
            assert numbers.pop(f"{key}.{name}") == pytest.approx(row[name])
    means = made.cells.groupby(["condition", "arm", "round", "figure"])["value"].mean()
    for (condition, arm, number, figure), value in means.items():
        assert numbers.pop(f"{condition}: {arm} round {number}.{figure}") == pytest.approx(value)
    assert not numbers


def test_the_page_says_that_it_is_not_finished_and_needs_no_network() -> None:
    page = report_study(material())
    assert "2 runs are still to come" in page
    assert "A &lt; B &amp; C" in page
    assert not Report(page).loads


def test_the_text_has_every_comparison_and_every_arm() -> None:
    made = material()
    text = describe_study(made.settings, made.comparisons, made.seeds, made.cells)
    for row in made.comparisons.to_dict("records"):
        assert f"| {row['comparison']} | 3 |" in text
    assert "| other round 2 |" in text


def test_one_arm_alone_is_shown_and_what_its_comparisons_lack_is_said() -> None:
    made = material()
    own = made.cells[(made.cells["arm"] == "other") & (made.cells["condition"] == "one")]
    text = describe_study(made.settings, made.comparisons.head(0), made.seeds.head(0), own)
    assert "## one\n\nNothing can be compared yet: a comparison needs both of its arms" in text
    assert "| other round 2 |" in text
    assert "## two" not in text
