"""Which pairs are kept, and that the report accounts for every one that is not."""

from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import ValidationError

from lbt import tables
from lbt.grading import Voting, domain_named
from lbt.preferences import PreferenceSettings, agreed_labels, build_pairs

UNHURRIED = hypothesis_settings(deadline=None, max_examples=25)

Rationale = tuple[str, str, str, float | None]  # problem, text, verdict, LbT score


def finish_reason(text: str, verdict: str) -> str:
    """A text that goes on after its answer was cut, and so was one that comes to none."""
    if verdict == "error":
        return "error"
    return "length" if verdict == "truncated" or text.endswith("next question") else "stop"


def input_tables(rows: list[Rationale]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    names = sorted({problem for problem, *_ in rows})
    problems = pd.DataFrame(
        {"problem_id": names, "family": [f"f{name}" for name in names], "question": [f"{n}?" for n in names]}
    )
    rationales = pd.DataFrame(
        [
            (
                f"{problem}/{i}",
                problem,
                f"f{problem}",
                text,
                verdict,
                finish_reason(text, verdict),
                f"{problem}:{text}",
            )
            for i, (problem, text, verdict, _) in enumerate(rows)
        ],
        columns=["rationale_id", "problem_id", "family", "text", "verdict", "finish_reason", "demo_id"],
    )
    scores = {f"{problem}:{text}": lbt for problem, text, _, lbt in rows if lbt is not None}
    lbt_scores = pd.DataFrame(
        {"demo_id": list(scores), "student": "mean", "lbt_score": np.array(list(scores.values()), float)}
    )
    return problems, rationales, lbt_scores


def pairs_of(rows: list[Rationale], seed: int = 0, **options: Any) -> tuple[pd.DataFrame, dict[str, Any]]:
    pairs, report = build_pairs(*input_tables(rows), PreferenceSettings(**options), seed)
    tables.pairs.validate(pairs)
    return pairs, report


def texts(pairs: pd.DataFrame) -> set[tuple[str, str]]:
    return set(zip(pairs["chosen"], pairs["rejected"], strict=True))


def test_with_the_papers_weights_the_score_is_half_correctness_and_half_lbt() -> None:
    rows: list[Rationale] = [("a", "x", "correct", 0.8), ("a", "y", "wrong", 0.1)]
    pairs, _ = pairs_of(rows, correctness_weight=0.5, lbt_weight=0.5)
    found = pairs.iloc[0]
    assert (found["chosen"], found["rejected"]) == ("x", "y")
    assert found["chosen_score"] == pytest.approx(0.9)
    assert found["rejected_score"] == pytest.approx(0.05)
    assert found["margin"] == pytest.approx(0.85)
    assert found["chosen_lbt_score"] == 0.8


def test_the_signal_decides_what_the_score_is() -> None:
    rows: list[Rationale] = [("a", "lucky", "correct", 0.1), ("a", "unlucky", "wrong", 0.9)]
    assert texts(pairs_of(rows, signal="correctness")[0]) == {("lucky", "unlucky")}
    assert texts(pairs_of(rows, signal="lbt")[0]) == {("unlucky", "lucky")}
    assert texts(pairs_of(rows)[0]) == set()  # 0.55 against 0.45: within the margin


def test_the_gap_must_exceed_the_margin() -> None:
    rows: list[Rationale] = [("a", "x", "correct", 0.9), ("a", "y", "correct", 0.3)]
    halves = {"correctness_weight": 0.5, "lbt_weight": 0.5}
    assert pairs_of(rows, margin=0.3, **halves)[1]["dropped"]["below_margin"] == 1
    assert len(pairs_of(rows, margin=0.29, **halves)[0]) == 1
    equal: list[Rationale] = [("a", "x", "correct", 0.5), ("a", "y", "correct", 0.5)]
    assert pairs_of(equal, margin=0)[0].empty


def test_the_largest_gaps_are_kept_first_and_the_cap_is_reported() -> None:
    rows: list[Rationale] = [("a", f"r{i}", "correct", 1 - i / 100) for i in range(4)]
    rows += [("a", f"w{i}", "wrong", i / 100) for i in range(4)]
    pairs, report = pairs_of(rows, maximum_pairs_per_problem=3)
    assert list(pairs["margin"]) == sorted(pairs["margin"], reverse=True)
    assert texts(pairs) == {("r0", "w0"), ("r1", "w0"), ("r0", "w1")}
    assert report["dropped"]["over_cap"] == 13


def test_equal_gaps_do_not_repeat_the_same_text_while_others_are_left() -> None:
    rows: list[Rationale] = [("a", f"r{i}", "correct", 1.0) for i in range(4)]
    rows += [("a", f"w{i}", "wrong", 0.0) for i in range(4)]
    pairs, _ = pairs_of(rows, maximum_pairs_per_problem=4)
    assert pairs["chosen"].nunique() == pairs["rejected"].nunique() == 4
    chosen = {tuple(pairs_of(rows, seed, maximum_pairs_per_problem=1)[0]["chosen"]) for seed in range(20)}
    assert len(chosen) > 1


def test_a_rationale_without_an_answer_can_only_be_rejected() -> None:
    for signal in ("lbt+correctness", "correctness", "lbt"):
        pairs, report = pairs_of(
            [("a", "x", "correct", 0.9), ("a", "y", "truncated", None), ("a", "z", "no_answer", None)],
            signal=signal,
        )
        assert texts(pairs) == {("x", "y"), ("x", "z")}
        assert report["rationales"]["no_lbt_score"] == 0
    only = pairs_of([("a", "y", "truncated", None), ("a", "z", "no_answer", None)])[1]
    assert only["why_without_pairs"] == {"no_answers": 1}


def test_a_rationale_that_was_cut_can_only_be_rejected_and_says_so() -> None:
    cut = "#### 10\nThe next question"
    rows: list[Rationale] = [("a", cut, "correct", 0.9), ("a", "x", "correct", 0.5), ("a", "y", "wrong", 0.0)]
    pairs, report = pairs_of(rows, maximum_pairs_per_problem=8)
    assert texts(pairs) == {("x", "y")}
    assert report["dropped"]["chosen_cut"] == 1  # against y; against x its gap is within the margin
    assert report["possible_pairs"] == report["kept"] + sum(report["dropped"].values())
    pairs, _ = pairs_of([("a", "x", "correct", 0.9), ("a", cut, "wrong", 0.1)])
    assert pairs[["chosen_finish_reason", "rejected_finish_reason"]].values.tolist() == [["stop", "length"]]
    only = pairs_of([("a", cut, "correct", 0.9), ("a", "y", "no_answer", None)])[1]
    assert only["why_without_pairs"] == {"answers_cut": 1}


def many(pairs_by_problem: dict[str, int]) -> list[Rationale]:
    """Rows with so many pairs a problem, of gaps that fall from pair to pair."""
    rows: list[Rationale] = []
    for problem, count in pairs_by_problem.items():
        rows += [(problem, f"r{i}", "correct", 1 - i / 100) for i in range(count)]
        rows.append((problem, "wrong one", "wrong", 0.0))
    return rows


def test_a_limit_of_all_pairs_is_spread_over_the_problems_largest_gaps_first() -> None:
    rows = many({"a": 5, "b": 1, "c": 3, "d": 2})
    everything, _ = pairs_of(rows)
    limited, report = pairs_of(rows, maximum_pairs=7)
    assert len(limited) == report["kept"] == 7
    counts = limited["problem_id"].value_counts()
    assert counts["b"] == 1
    assert sorted(counts.drop("b")) == [2, 2, 2]
    for problem, kept in limited.groupby("problem_id"):
        first = everything[everything["problem_id"] == problem].head(len(kept))
        assert kept["chosen"].tolist() == first["chosen"].tolist()
    assert report["dropped"]["over_total"] == len(everything) - 7
    assert report["possible_pairs"] == report["kept"] + sum(report["dropped"].values())


def test_the_seed_draws_the_problems_of_a_round_that_does_not_fit() -> None:
    rows = many(dict.fromkeys("abcdefgh", 2))
    drawn = {seed: tuple(pairs_of(rows, seed, maximum_pairs=3)[0]["problem_id"]) for seed in range(10)}
    assert len(set(drawn.values())) > 5
    assert drawn[0] == tuple(pairs_of(rows, 0, maximum_pairs=3)[0]["problem_id"])
    report = pairs_of(rows, maximum_pairs=3)[1]
    assert report["why_without_pairs"] == {"over_total": 5}


def test_a_limit_that_is_not_reached_changes_nothing() -> None:
    rows = many({"a": 5, "b": 1})
    pd.testing.assert_frame_equal(pairs_of(rows, maximum_pairs=6)[0], pairs_of(rows)[0])


def test_a_rationale_whose_exams_all_failed_is_left_out_where_its_score_is_needed() -> None:
    rows: list[Rationale] = [("a", "x", "correct", 0.9), ("a", "y", "wrong", None)]
    pairs, report = pairs_of(rows)
    assert pairs.empty
    assert report["rationales"]["no_lbt_score"] == 1
    assert len(pairs_of(rows, signal="correctness")[0]) == 1


def test_failed_generations_and_equal_texts_make_no_pair() -> None:
    rows: list[Rationale] = [
        ("a", "x", "correct", 0.9),
        ("a", "x", "correct", 0.9),
        ("a", "x ", "correct", 0.1),
        ("a", "", "error", None),
    ]
    pairs, report = pairs_of(rows)
    assert pairs.empty
    assert report["rationales"] == {
        "sampled": 4, "distinct": 1, "failed": 1, "equal_text": 2, "no_lbt_score": 0, "no_label": 0,
    }  # fmt: skip
    assert report["why_without_pairs"] == {"one_distinct_text": 1}


def test_the_report_says_why_problems_have_no_pairs_and_what_kinds_the_others_have() -> None:
    rows: list[Rationale] = [
        ("a", "x", "correct", 0.9), ("a", "y", "correct", 0.8),
        ("b", "x", "wrong", 0.2), ("b", "y", "wrong", 0.1),
        ("c", "x", "correct", 0.2), ("c", "y", "wrong", 0.9),
        ("d", "x", "correct", 1.0), ("d", "y", "correct", 0.1), ("d", "z", "wrong", 0.0),
        ("e", "x", "wrong", 1.0), ("e", "y", "wrong", 0.1),
        ("f", "x", "error", None),
    ]  # fmt: skip
    pairs, report = pairs_of(rows)
    assert report["teaching_problems"] == 6
    assert report["problems_without_pairs"] == 4
    assert report["why_without_pairs"] == {
        "all_right": 1, "all_wrong": 1, "gaps_within_margin": 1, "no_usable_rationale": 1,
    }  # fmt: skip
    assert report["kinds"] == {"right>wrong": 2, "right>right": 1, "wrong>wrong": 1, "wrong>right": 0}
    assert report["kept"] == len(pairs) == 4
    assert report["by_family"]["fd"] == {"problems": 1, "without_pairs": 0, "pairs": 3}


def test_no_rationales_give_an_empty_table_and_a_report() -> None:
    problems, rationales, scores = input_tables([("a", "x", "correct", 0.5)])
    pairs, report = build_pairs(problems, rationales.head(0), scores.head(0), PreferenceSettings(), 0)
    assert report["kept"] == 0
    assert pairs.empty
    tables.pairs.validate(pairs)


@pytest.mark.parametrize(
    "options",
    [
        {"correctness_weight": 0.7},
        {"correctness_weight": 1.5, "lbt_weight": -0.5},
        {"margin": 1.0},
        {"margin": -0.1},
        {"maximum_pairs_per_problem": 0},
        {"maximum_pairs": 0},
        {"signal": "luck"},
    ],
)
def test_settings_out_of_range_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PreferenceSettings(**options)


VERDICTS = ["correct", "wrong", "no_answer", "truncated", "error"]
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b"]),
        st.sampled_from(["u", "v", "w", "x", "y", "y ", "z, next question", "\n"]),
        st.sampled_from(VERDICTS),
        st.sampled_from([None, 0.0, 0.1, 0.25, 1 / 3, 0.5, 2 / 3, 1.0]),
    ),
    max_size=30,
    min_size=1,
)


@UNHURRIED
@given(
    ROWS,
    st.sampled_from(["lbt+correctness", "correctness", "lbt"]),
    st.sampled_from([0.0, 0.1, 0.3, 0.5]),
    st.integers(1, 5),
    st.none() | st.integers(1, 5),
    st.integers(0, 50),
    st.randoms(),
)
def test_pairs_keep_their_promises(
    rows: list[Rationale], signal: str, margin: float, cap: int, total: int | None, seed: int, random: Any
) -> None:
    by_text = {(problem, text): (problem, text, verdict, lbt) for problem, text, verdict, lbt in rows}
    rows = [by_text[problem, text] for problem, text, *_ in rows]  # equal texts have equal verdicts
    settings = PreferenceSettings(
        signal=signal,  # type: ignore[arg-type]
        margin=margin,
        maximum_pairs_per_problem=cap,
        maximum_pairs=total,
    )
    problems, rationales, scores = input_tables(rows)
    pairs, report = build_pairs(problems, rationales, scores, settings, seed)
    tables.pairs.validate(pairs)
    assert len(pairs) <= (total or len(pairs))
    assert (pairs["margin"] > margin).all()
    assert (pairs["chosen"].str.strip() != pairs["rejected"].str.strip()).all()
    assert pairs["chosen_verdict"].isin(["correct", "wrong"]).all()
    assert not pairs.duplicated(["problem_id", "chosen", "rejected"]).any()
    assert pairs["problem_id"].value_counts().max() <= cap or pairs.empty
    assert report["possible_pairs"] == report["kept"] + sum(report["dropped"].values())
    counts = report["rationales"]
    assert counts["sampled"] == sum(value for name, value in counts.items() if name != "sampled")
    order = list(range(len(rationales)))
    random.shuffle(order)
    again, same = build_pairs(
        problems, rationales.iloc[order], scores.sample(frac=1, random_state=seed), settings, seed
    )
    pd.testing.assert_frame_equal(pairs, again)
    assert report == same


def labelled(answers: list[str | None], minimum_confidence: float = 0.6) -> dict[str, bool]:
    rationales = pd.DataFrame(
        {
            "rationale_id": [f"a/{place}" for place in range(len(answers))],
            "problem_id": "a",
            "answer": answers,
            "verdict": ["no_answer" if answer is None else "wrong" for answer in answers],
        }
    )
    return agreed_labels(rationales, Voting(domain_named("number"), defaultdict(str)), minimum_confidence)


def test_without_gold_the_majority_of_the_answers_says_which_is_right() -> None:
    assert labelled(["7", "7.0", "7", "8"]) == {"a/0": True, "a/1": True, "a/2": True, "a/3": False}
    assert labelled(["7", "7", "8", "9"]) == {}  # half is less than 0.6
    assert labelled(["7", "7", "8", "8"], 0.5) == {}  # none is in front
    assert labelled([None, None, "7"]) == {"a/2": True}


@given(st.permutations(["correct"] * 3 + ["wrong"] * 3))
@UNHURRIED
def test_majority_labels_take_nothing_from_the_verdicts(verdicts: list[str]) -> None:
    rows: list[Rationale] = [("a", f"t{i}", verdict, i / 6) for i, verdict in enumerate(verdicts)]
    labels = {f"a/{i}": i < 2 for i in range(6)}
    settings = PreferenceSettings(signal="correctness", labels="majority")
    pairs, report = build_pairs(*input_tables(rows), settings, 0, labels)
    assert set(pairs["chosen"]) == {"t0", "t1"}
    assert set(pairs["rejected"]) == {"t2", "t3", "t4", "t5"}
    assert report["labels"] == "majority"


def test_a_problem_without_a_majority_makes_no_pair_and_is_counted() -> None:
    rows: list[Rationale] = [("a", "x", "correct", 1.0), ("a", "y", "wrong", 0.0)]
    pairs, report = build_pairs(*input_tables(rows), PreferenceSettings(labels="majority"), 0, {})
    assert pairs.empty
    assert report["why_without_pairs"] == {"no_majority": 1}
    assert report["rationales"]["no_label"] == 2


@given(st.permutations(["correct"] * 4 + ["wrong"] * 4), st.integers(0, 1000))
@UNHURRIED
def test_random_pairs_know_nothing_of_answers_and_exams(verdicts: list[str], seed: int) -> None:
    plain: list[Rationale] = [("a", f"t{i}", "correct", 0.5) for i in range(8)]
    other: list[Rationale] = [("a", f"t{i}", verdict, i / 8) for i, verdict in enumerate(verdicts)]
    assert texts(pairs_of(plain, seed, signal="random")[0]) == texts(
        pairs_of(other, seed, signal="random")[0]
    )
