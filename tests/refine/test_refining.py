"""A whole refinement with scripted models."""

import pandas as pd
import pytest

from lbt.errors import DataError, SettingsError
from lbt.grading import domain_named
from lbt.refine import refine_metrics
from lbt.refine.arms import round_answers, sets_for_a_round
from lbt.refine.refining import Refined
from lbt.refine.settings import RefineSettings
from tests.refine.conftest import World, labelled, settings

PROBLEMS = labelled()


@pytest.fixture
def refined(world: World) -> Refined:
    return world.refine(PROBLEMS, settings())


def test_all_arms_begin_with_the_same_sets_and_scores(refined: Refined) -> None:
    start = refined.tables.state.query("round == 0 and arm in ['students', 'own', 'random_search']")
    seen = [rows[["set_id", "position", "score"]].reset_index(drop=True) for _, rows in start.groupby("arm")]
    assert len(seen) == 3
    for other in seen[1:]:
        pd.testing.assert_frame_equal(other, seen[0])


def test_every_arm_answers_the_same_held_out_problems_and_none_is_shown(world: World) -> None:
    refined = world.refine(PROBLEMS, settings())
    held_out = set(PROBLEMS.loc[PROBLEMS["role"] == "evaluation", "problem_id"])
    for _, rows in refined.tables.held_out.groupby(["arm", "round"]):
        assert set(rows["problem_id"]) == held_out
    questions = set(PROBLEMS.loc[PROBLEMS["role"] == "evaluation", "question"])
    assert not questions & set(refined.tables.state["question"])


def test_all_sets_of_a_round_answer_the_same_questions(world: World) -> None:
    refined = world.refine(PROBLEMS, settings(arms=["students"], rounds=1))
    rounds = refined.tables.rounds.set_index("round")
    assert (rounds["scorings"] == 6).all()
    failures = refined.tables.failures
    wrong_of = failures.groupby(["student", "set_id"])["problem_id"].agg(frozenset)
    # The script does not look at exemplars, so every set fails on the same questions.
    assert wrong_of.groupby("student").nunique().eq(1).all()
    assert set(failures["student"]) == {"one", "two"}


def test_no_arm_asks_more_than_the_students_arm_may(refined: Refined) -> None:
    chosen = settings()
    rounds = refined.tables.rounds
    asked = rounds.groupby("arm")["answers"].max()
    most = chosen.first_sets * chosen.score_batch + chosen.rounds * round_answers(chosen, chosen.beam, 2)
    for arm in ("students", "own", "random_search"):
        assert 0 < asked[arm] <= most
    # Random search has no duplicates to drop, and spends what it may but for less than a set's worth.
    assert most - asked["random_search"] < chosen.rounds * chosen.score_batch
    assert sets_for_a_round(chosen, 2, 2) > chosen.beam * chosen.proposals


def test_a_changed_set_keeps_what_nobody_failed_by(refined: Refined) -> None:
    state = refined.tables.state
    new = state[(state["arm"] == "students") & (state["origin"] == "resampled")]
    assert len(new)
    for (_, _, _), rows in state[state["set_id"].isin(new["set_id"])].groupby(["arm", "round", "set_id"]):
        assert set(rows["origin"]) <= {"kept", "resampled"}
        assert len(rows) == 4
        assert rows["answer"].value_counts().to_dict() == {"No": 2, "Yes": 2}


def test_a_second_run_generates_nothing_and_gives_equal_tables(world: World) -> None:
    first = world.refine(PROBLEMS, settings())
    again = world.refine(PROBLEMS, settings())
    assert again.usage["new"] == 0
    for one, other in zip(first.tables, again.tables, strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_repeats_are_independent_and_their_intervals_are_over_them(world: World) -> None:
    chosen = settings(repeats=3, arms=["students", "none"])
    refined = world.refine(PROBLEMS, chosen)
    starts = refined.tables.state.query("arm == 'students' and round == 0").groupby("repeat")["set_id"]
    assert len({frozenset(ids) for _, ids in starts}) == 3
    tables = refined.tables
    found = refine_metrics(tables.rounds, tables.held_out, PROBLEMS, chosen, domain_named("choice"), 0)
    assert found["refine.repeats"] == 3
    assert "refine.students_minus_none_p_value" not in found
    low, high = (found[f"refine.students_minus_none_ci_{end}"] for end in ("low", "high"))
    assert low <= found["refine.students_minus_none"] <= high


def test_the_score_stands_beside_what_the_set_is_worth(refined: Refined) -> None:
    tables = refined.tables
    found = refine_metrics(tables.rounds, tables.held_out, PROBLEMS, settings(), domain_named("choice"), 0)
    last = tables.rounds.query("arm == 'students'").iloc[-1]
    assert found["refine.students.score"] == last["score"]
    assert found["refine.students.accuracy"] == last["accuracy"]
    assert found["refine.students.f1_ci_low"] <= found["refine.students.f1"]
    assert {"refine.students_minus_own", "refine.students_minus_random_f1", "refine.students_gain"} <= set(
        found
    )
    assert "refine.none.score" not in found


def test_the_papers_code_begins_with_one_set_and_shares_its_scorings_out(world: World) -> None:
    refined = world.refine(PROBLEMS, settings(paper=True, arms=["students"]))
    rounds = refined.tables.rounds.set_index("round")
    assert rounds.loc[0, "sets"] == 1
    assert rounds.loc[1, "wishes"] == 4
    assert rounds.loc[1, "scorings"] == 20  # 2048 shared out is more than there are


@pytest.mark.parametrize(
    ("problems", "changes", "expected", "kind"),
    [
        (PROBLEMS.assign(answer="Yes"), {"positive": None}, "one class", DataError),
        (
            PROBLEMS.assign(answer=PROBLEMS["answer"].where(PROBLEMS.index % 7 != 0, "True")),
            {},
            "3 labels",
            DataError,
        ),
        (PROBLEMS, {"positive": "True"}, "no problem has that label", SettingsError),
        (PROBLEMS, {"exemplars": 13}, "12 teaching problems", DataError),
    ],
)
def test_unfit_data_is_named_before_a_model_is_asked(
    world: World, problems: pd.DataFrame, changes: dict, expected: str, kind: type[Exception]
) -> None:
    with pytest.raises(kind, match=expected):
        world.refine(problems, settings(**changes))
    assert not world.prompts


@pytest.mark.parametrize(
    "changes",
    [
        {"arms": ["students", "students"]},
        {"arms": ["random_changes"], "reflection": "text"},
        {"arms": ["first_right"]},
        {"start": "written", "exemplars": None},
    ],
)
def test_settings_that_contradict_each_other_are_refused(changes: dict) -> None:
    with pytest.raises(ValueError, match="refine"):
        settings(**changes)
    assert RefineSettings()
