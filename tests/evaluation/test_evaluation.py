"""Base against tuned: accuracies, the paired comparison, votes, and the transcripts to read."""

from collections import defaultdict
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import ValidationError

from lbt import tables
from lbt.asking import Asker
from lbt.errors import DataError
from lbt.evaluation import EvaluationSettings, answer_problems, compare_models, sample_transcripts
from lbt.evaluation.voting import majority_is_right, pass_at_k, sampled_metrics
from lbt.generation import SamplingSettings
from lbt.generation.engines.scripted import scripted_model
from lbt.grading import Voting, domain_named


def voting(domain: str) -> Voting:
    """Votes that no gold answer bears upon."""
    return Voting(domain_named(domain), defaultdict(str))


NUMBER = voting("number")

UNHURRIED = hypothesis_settings(deadline=None, max_examples=25)

SETTINGS = EvaluationSettings(
    samples=2, sampling=SamplingSettings(temperature=0.7, top_p=0.9, max_tokens=9), bootstrap_samples=500
)
VERDICTS = {"c": "correct", "w": "wrong", "n": "no_answer", "t": "truncated", "e": "error"}


def greedy(**verdicts: str) -> pd.DataFrame:
    """One letter a problem and model, e.g. base="ccw", tuned="cce"."""
    rows = [
        (
            model,
            f"p{i}",
            f"f{i % 2}",
            "greedy",
            0,
            f"{model} says {letter}",
            None,
            VERDICTS[letter],
            "stop",
            3,
        )
        for model, letters in verdicts.items()
        for i, letter in enumerate(letters)
    ]
    return tables.make_table(tables.evaluation_answers, rows)


def test_models_are_compared_on_the_same_problems() -> None:
    metrics, families = compare_models(greedy(base="ccwwn", tuned="cwcct"), SETTINGS, 0, NUMBER)
    assert metrics["eval.base.accuracy"] == pytest.approx(0.4)
    assert metrics["eval.tuned.accuracy"] == pytest.approx(0.6)
    assert metrics["eval.delta"] == pytest.approx(0.2)
    assert (metrics["eval.fixed"], metrics["eval.broken"]) == (2, 1)
    assert metrics["eval.p_value"] == pytest.approx(1)
    assert metrics["eval.base.accuracy_ci_low"] < 0.4 < metrics["eval.base.accuracy_ci_high"]
    tables.accuracy_by_family.validate(families)
    assert families.set_index(["model", "family"]).loc[("tuned", "f1"), "accuracy"] == 0.5


def test_a_difference_in_half_of_the_families_is_sure_for_new_problems_and_not_for_new_families() -> None:
    # 20 problems in each of two families: training mends all of the one and none of the other.
    metrics, _ = compare_models(greedy(base="w" * 40, tuned="wc" * 20), SETTINGS, 0, NUMBER)
    assert metrics["eval.families"] == 2
    assert metrics["eval.delta"] == 0.5
    assert metrics["eval.p_value"] < 1e-5
    assert metrics["eval.delta_ci_low"] > 0.3
    assert metrics["eval.family_p_value"] == 1
    assert metrics["eval.delta_family_ci_low"] == -1


def test_failed_generations_leave_both_models_without_the_problem() -> None:
    metrics, families = compare_models(greedy(base="cewww", tuned="ccwec"), SETTINGS, 0, NUMBER)
    assert metrics["eval.problems"] == 3
    assert metrics["eval.failed"] == 2
    assert metrics["eval.base.accuracy"] == pytest.approx(1 / 3)
    assert metrics["eval.tuned.accuracy"] == pytest.approx(2 / 3)
    assert families.groupby("model")["n"].sum().to_dict() == {"base": 3, "tuned": 3}


def test_the_base_model_alone_is_reported_without_a_comparison() -> None:
    metrics, families = compare_models(greedy(base="ccw"), SETTINGS, 0, NUMBER)
    assert metrics["eval.base.accuracy"] == pytest.approx(2 / 3)
    assert not [name for name in metrics if "tuned" in name or "delta" in name or "p_value" in name]
    assert set(families["model"]) == {"base"}


def test_nothing_to_compare_is_an_error_that_says_so() -> None:
    for answers in (greedy(base="e"), greedy(base=""), greedy(base="ce", tuned="ec")):
        with pytest.raises(DataError, match="No evaluation problem was answered"):
            compare_models(answers, SETTINGS, 0, NUMBER)


@UNHURRIED
@given(
    st.lists(st.tuples(st.sampled_from("cwnte"), st.sampled_from("cwnte")), min_size=1, max_size=40),
    st.integers(0, 50),
    st.randoms(),
)
def test_comparisons_contain_their_estimates_and_mirror(
    letters: list[tuple[str, str]], seed: int, random: Any
) -> None:
    base, tuned = ("".join(side) for side in zip(*letters, strict=True))
    if not any("e" not in pair for pair in letters):
        return
    answers = greedy(base=base, tuned=tuned)
    metrics, families = compare_models(answers, SETTINGS, seed, NUMBER)
    order = list(range(len(answers)))
    random.shuffle(order)
    again, same = compare_models(answers.iloc[order], SETTINGS, seed, NUMBER)
    assert metrics == again
    pd.testing.assert_frame_equal(families, same)
    delta = metrics["eval.tuned.accuracy"] - metrics["eval.base.accuracy"]
    assert metrics["eval.delta"] == pytest.approx(delta)
    assert metrics["eval.delta_ci_low"] <= metrics["eval.delta"] <= metrics["eval.delta_ci_high"]
    mirrored, _ = compare_models(greedy(base=tuned, tuned=base), SETTINGS, seed, NUMBER)
    assert mirrored["eval.delta"] == pytest.approx(-metrics["eval.delta"])
    assert mirrored["eval.p_value"] == pytest.approx(metrics["eval.p_value"])


@pytest.mark.parametrize(
    ("answers", "right"),
    [
        (["4", "4", "5"], True),
        (["4", "5", "5"], False),
        (["4", "5"], True),
        (["5", "4"], False),
        (["5", None, None], False),
        (["4", None, None], True),
        ([None, None], False),
    ],
)
def test_the_majority_decides_and_no_answer_votes_for_nothing(answers: list[Any], right: bool) -> None:
    verdicts = ["correct" if answer == "4" else "wrong" for answer in answers]
    assert majority_is_right(domain_named("number").votes(answers, "1"), verdicts) is right


def test_equal_answers_in_other_spellings_vote_together() -> None:
    table = sampled(["ccc" + "ww"], ["ccccc"])
    table["answer"] = [r"\dfrac12", "0.5", r"\frac{1}{2}", "3", "3", *["0.5"] * 5]
    assert sampled_metrics(table, voting("math"))["eval.base.maj_at_5"] == 1
    assert sampled_metrics(table, voting("text"))["eval.base.maj_at_5"] == 0  # by spelling


@UNHURRIED
@given(st.integers(1, 12), st.integers(0, 12), st.integers(1, 12))
def test_pass_at_k_is_the_share_of_lucky_draws(n: int, right: int, k: int) -> None:
    from itertools import combinations

    right, k = min(right, n), min(k, n)
    draws = list(combinations(range(n), k))
    assert pass_at_k(n, right, k) == pytest.approx(sum(min(draw) < right for draw in draws) / len(draws))


def sampled(base: list[str], tuned: list[str]) -> pd.DataFrame:
    """One string of verdict letters a problem; right answers are "4", wrong ones "5"."""
    rows = [
        (model, f"p{i}", "f", "sampled", j, "", {"c": "4", "w": "5"}.get(letter), VERDICTS[letter], "stop", 3)
        for model, problems in (("base", base), ("tuned", tuned))
        for i, letters in enumerate(problems)
        for j, letter in enumerate(letters)
    ]
    return tables.make_table(tables.evaluation_answers, rows)


def test_votes_and_passes_are_over_problems_without_a_failed_generation() -> None:
    metrics = sampled_metrics(sampled(["ccw", "wwc", "nnn", "ccc"], ["ccc", "nwc", "wcc", "cec"]), NUMBER)
    assert metrics["eval.base.maj_at_3"] == pytest.approx(1 / 3)
    assert metrics["eval.base.pass_at_3"] == pytest.approx(2 / 3)
    assert metrics["eval.base.pass_at_1"] == pytest.approx(1 / 3)
    assert metrics["eval.tuned.maj_at_3"] == pytest.approx(2 / 3)
    assert sampled_metrics(sampled([], []), NUMBER) == {}
    assert sampled_metrics(sampled(["e"], ["c"]), NUMBER) == {}


def test_every_kind_of_problem_is_shown() -> None:
    answers = greedy(base="cwwwe", tuned="wccwc").assign(answer="5")
    answers.loc[1, ["text", "answer"]] = ["```\n````\n#### 5", None]
    known = pd.DataFrame(
        {"problem_id": [f"p{i}" for i in range(5)], "family": "f", "question": "How many?", "answer": "4"}
    )
    text = sample_transcripts(known, answers, 0, per_kind=1)
    assert "## Fixed by training (2 of 4)" in text
    assert "## Broken by training (1 of 4)\n\n### p0" in text
    assert "## Wrong before and after (1 of 4)\n\n### p3" in text
    assert "tuned says w" in text
    assert text == sample_transcripts(known, answers.iloc[::-1], 0, per_kind=1)
    whole = sample_transcripts(known, answers, 0, per_kind=9)
    assert "`````text\n```\n````\n#### 5\n`````" in whole
    assert "(no answer)" in whole


def test_one_model_alone_has_transcripts_too() -> None:
    known = pd.DataFrame({"problem_id": ["p0", "p1"], "family": "f", "question": "q", "answer": "4"})
    text = sample_transcripts(known, greedy(base="cw"), 0)
    assert "## Right (1 of 2)" in text
    assert "## Wrong (1 of 2)" in text
    assert "(0 of 0)" in sample_transcripts(known, greedy(base="ee"), 0)


def programs(**shares: list[tuple[float | None, float | None]]) -> pd.DataFrame:
    """Visible and hidden share of each problem's program, by model; one that passes all is right."""
    letters = {
        name: "".join("w" if 0 in of or 0.5 in of else "c" for of in all_of)
        for name, all_of in shares.items()
    }
    answers = greedy(**letters).assign(failed_test=None, failure=None, answer="def f():\n    ...")
    of_all = [of for all_of in shares.values() for of in all_of]
    wrong = answers["verdict"] == "wrong"
    answers.loc[wrong, ["failed_test", "failure"]] = ["assert f() == 1", "AssertionError"]
    return tables.evaluation_answers.validate(
        answers.assign(
            visible_share=pd.Series([visible for visible, _ in of_all], dtype=float),
            hidden_share=pd.Series([hidden for _, hidden in of_all], dtype=float),
        )
    )


def test_programs_are_compared_by_the_tests_that_they_pass_too() -> None:
    answers = programs(base=[(1, 1), (0.5, 0), (1, None)], tuned=[(1, 1), (1, 0.5), (1, None)])
    metrics, _ = compare_models(answers, SETTINGS, 0, NUMBER)
    assert metrics["eval.base.accuracy"] == 2 / 3
    assert metrics["eval.base.visible_share"] == pytest.approx(2.5 / 3)
    assert (metrics["eval.base.hidden_share"], metrics["eval.tuned.hidden_share"]) == (0.5, 0.75)
    assert metrics["eval.tuned.hidden_share_ci_high"] == 1
    plain, _ = compare_models(greedy(base="cw"), SETTINGS, 0, NUMBER)
    assert not [name for name in plain if name.endswith("_share")]


def test_transcripts_of_programs_say_how_they_did_in_the_tests() -> None:
    gold = '{"kind": "function", "visible": ["assert f() == 1"]}'
    known = pd.DataFrame({"problem_id": ["p0", "p1"], "family": "f", "question": "q", "answer": gold})
    text = sample_transcripts(known, programs(base=[(0.5, 0), (1, None)], tuned=[(1, 1), (1, None)]), 0)
    assert (
        "**base**, wrong (passes 50 % of the visible tests and 0 % of the hidden tests; AssertionError):"
        in text
    )
    assert "**tuned**, correct (passes 100 % of the visible tests and 100 % of the hidden tests):" in text
    assert ' "visible": [\n  "assert f() == 1"\n ]' in text
    assert "Gold answer" not in text


def test_problems_are_asked_greedily_once_and_sampled(asker: Asker) -> None:
    problems = pd.DataFrame(
        {
            "problem_id": ["b", "a", "t"],
            "family": "f",
            "question": ["2 + 2?", "1 + 1?", "9 + 9?"],
            "answer": ["4", "2", "18"],
            "role": ["evaluation", "evaluation", "teaching"],
        }
    )
    model = scripted_model(lambda messages, sample: "#### 4", "base")
    asked = answer_problems(asker, problems, "base", model, SETTINGS)
    answers = tables.evaluation_answers.validate(asked.table)
    assert answers.groupby("decoding")["sample_index"].apply(list).to_dict() == {
        "greedy": [0, 0], "sampled": [0, 1, 0, 1],
    }  # fmt: skip
    assert asked.usage["new"] == 6, "the greedy answers are no samples"
    verdicts = answers[answers["decoding"] == "greedy"].set_index("problem_id")["verdict"]
    assert verdicts.to_dict() == {"a": "wrong", "b": "correct"}


def test_greedy_answers_are_cut_and_ended_as_the_sampled_ones() -> None:
    greedy = SETTINGS.greedy
    assert (greedy.temperature, greedy.top_p, greedy.max_tokens) == (0.0, 1.0, 9)


def test_samples_that_could_not_differ_are_refused() -> None:
    sampling = SamplingSettings(temperature=0, max_tokens=9)
    with pytest.raises(ValidationError, match="all samples are equal"):
        EvaluationSettings(samples=2, sampling=sampling)
    assert EvaluationSettings(samples=0, sampling=sampling).greedy.temperature == 0
