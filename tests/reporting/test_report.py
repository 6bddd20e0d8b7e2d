"""The report: every number is what the tables say, and the page opens anywhere."""

import re

import pandas as pd
import pytest

from lbt.reporting.page import RunMaterial, report_run
from lbt.reporting.page.numbers import FORMATS, written
from tests.reporting.reading import Report
from tests.reporting.recount import Expected, recount
from tests.reporting.school import BATCH, FACTS, School


def check_numbers(page: str, expected: dict[str, Expected]) -> set[str]:
    """Each number of the page is what another computation gives; returns the names."""
    figures = Report(page).figures
    assert not figures.keys() - expected.keys(), "numbers that nothing recomputes"
    for name, value in figures.items():
        known = expected[name]
        assert value == pytest.approx(known.value, abs=max(known.within, 1e-9), rel=1e-9), name
    return set(figures)


def expected_of(school: School) -> dict[str, Expected]:
    usages = dict(school.usages)
    if school.tuned:
        usages["training"] = {"seconds": 12.5}
    return recount(school.tables(), usages, BATCH)


@pytest.mark.parametrize("seed", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in (1, 2))])
def test_every_number_is_recomputed_from_the_tables(seed: int) -> None:
    school = School(seed, levels=seed == 1, procedures=seed != 2)
    page, _ = report_run(school.material())
    names = check_numbers(page, expected_of(school))
    assert {
        "eval.delta",
        "eval.delta_ci_low",
        "eval.delta_family_ci_high",
        "eval.p_value",
        "eval.family_p_value",
        "exam.gain_mean_ci_low",
        "scoring.auc_right_wrong",
        "preferences.pairs",
        "pairs.right_wrong",
        "training.last_epoch.reward_margin",
        "family.family_a.tuned",
        "verdicts.rationales.no_answer",
        "cost.all.new",
    } <= names
    assert ("level.1.base" in names) == (seed == 1)
    assert ("lessons.lucky.count" in names) == (seed != 2)


def test_what_is_shown_is_the_value_rounded() -> None:
    page, _ = report_run(School(0).material())
    for name, value, shown in Report(page).numbers:
        assert shown in {written(value, kind) for kind in FORMATS}, name


def test_the_figures_draw_the_tables() -> None:
    school = School(0)
    page, _ = report_run(school.material())
    plots = Report(page).plots
    by_model = school.evaluation_answers.query("decoding == 'greedy'")
    for trace, model in zip(plots["families"]["data"], ("base", "tuned"), strict=True):
        for family, shown in zip(trace["y"], trace["x"], strict=True):
            whole = by_model.pivot(index="problem_id", columns="model", values="verdict")
            kept = whole.index[(whole != "error").all(axis=1)]
            own = by_model[
                (by_model["family"] == family)
                & (by_model["model"] == model)
                & by_model["problem_id"].isin(kept)
            ]
            assert shown == pytest.approx((own["verdict"] == "correct").mean())
    counts = recount(school.tables(), school.usages, BATCH)
    drawn = sorted(sum(trace["customdata"]) for trace in plots["lessons"]["data"])
    assert drawn == sorted(
        counts[f"lessons.{kind}.count"].value for kind in ("right_procedure", "lucky", "wrong")
    )
    [loss] = [trace for trace in plots["training"]["data"] if trace["name"] == "loss"]
    assert loss["y"] == school.training_log["loss"].tolist()


def test_nothing_is_fetched() -> None:
    page, _ = report_run(School(0).material())
    assert [address for address in Report(page).loads if not address.startswith("#")] == []
    assert "@import" not in page
    assert len(page) < 3_000_000


def test_texts_of_models_stay_texts() -> None:
    school = School(0)
    evil = '</script><script>alert("here")</script>{{ 7 * 7 }} {eval.delta|points} & <b>'
    school.evaluation_answers["text"] = evil
    school.problems["question"] = evil
    facts = FACTS | {"name": evil, "differences": [{"name": "x", "here": evil, "base": "1"}]}
    page, _ = report_run(school.material(facts=facts))
    report = Report(page)
    assert evil in report.text
    assert '<script>alert("here")' not in page
    assert set(report.plots) == {"lessons", "families", "training"}


def test_without_a_tuned_teacher_the_page_says_why() -> None:
    school = School(0, tuned=False)
    page, note = report_run(school.material())
    check_numbers(page, expected_of(school))
    for told in (Report(page).text, note):
        assert "The teacher was not trained: only 3 pairs, fewer than training.minimum_pairs." in told
    assert "training" not in Report(page).plots


def test_without_evaluation_problems_there_is_still_a_page() -> None:
    school = School(0)
    material = school.material()
    metrics = {name: value for name, value in material.metrics.items() if not name.startswith("eval.")}
    page, _ = report_run(
        school.material(
            metrics=metrics,
            evaluation_answers=school.evaluation_answers.head(0),
            accuracy_by_family=material.accuracy_by_family.head(0),
        )
    )
    assert "There were no evaluation problems" in Report(page).text


def told(material: RunMaterial) -> str:
    _, note = report_run(material)
    return note


def test_it_warns_of_few_pairs() -> None:
    school = School(0)
    few = school.pairs.head(5)
    metrics = school.material().metrics
    assert "only 5 pairs" in told(school.material(pairs=few, metrics={**metrics, "preferences.pairs": 5.0}))


def test_it_warns_of_answers_that_cannot_be_read_or_are_cut() -> None:
    school = School(0)
    for verdict, words in (("no_answer", "hold no answer"), ("truncated", "were cut"), ("error", "failed")):
        broken = school.rationales.assign(verdict=verdict)
        assert f"100.0 % of the teacher's rationales {words}" in told(school.material(rationales=broken))


def test_it_warns_when_training_makes_the_chosen_rationales_less_likely() -> None:
    school = School(0)
    assert "less likely" not in told(school.material())
    falling = school.training_log.assign(logps_chosen=school.training_log["logps_chosen"].to_numpy()[::-1])
    assert "less likely" in told(school.material(training_log=falling))


def test_it_warns_of_exam_problems_that_no_student_solves() -> None:
    school = School(0)
    unsolved = school.exam_answers.assign(verdict="wrong")
    count = school.exam_answers["exam_problem_id"].nunique()
    assert f"No student ever answered {count} of {count} exam problems" in told(
        school.material(exam_answers=unsolved)
    )


def test_it_warns_when_an_interval_holds_zero() -> None:
    school = School(0)
    metrics = school.material().metrics
    nothing = {**metrics, "eval.delta_ci_low": -0.01, "eval.delta_ci_high": 0.02}
    assert "shows no effect" in told(school.material(metrics=nothing))
    assert "shows no effect" not in told(school.material(metrics={**nothing, "eval.delta_ci_low": 0.01}))


def test_ten_problems_are_shown_with_both_answers_and_other_seeds_show_others() -> None:
    school = School(0)
    page, _ = report_run(school.material())
    section = page[page.index('id="transcripts"') : page.index('id="answers"')]
    shown = re.findall(r"<h3>[A-Z][a-z ]+: ([\w-]+)</h3>", section)
    assert len(shown) == len(set(shown)) == 10
    greedy = school.evaluation_answers.query("decoding == 'greedy'").set_index(["problem_id", "model"])
    for name in shown:
        for model in ("base", "tuned"):
            assert greedy.loc[(name, model), "text"] in section
    other, _ = report_run(school.material(seed=1))
    assert re.findall(r"<h3>Fixed by training: ([\w-]+)</h3>", other) != re.findall(
        r"<h3>Fixed by training: ([\w-]+)</h3>", page
    )


def test_the_same_run_gives_the_same_page() -> None:
    assert report_run(School(3).material()) == report_run(School(3).material())


def test_the_note_names_what_differs() -> None:
    _, note = report_run(School(0).material())
    assert "| training.beta | 2.0 | 1.0 |" in note
    assert "`kedro run --pipeline=lbt_finetune`" in note
    assert not pd.isna(note)
