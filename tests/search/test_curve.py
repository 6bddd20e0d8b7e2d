"""The curve over the number of rationales."""

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lbt import tables
from lbt.search import SearchSettings, accuracy_curve
from lbt.search.ballots import Ballot
from lbt.search.curve import sizes
from lbt.search.methods import Method

Make = Callable[..., SearchSettings]


def ballot(answers: str) -> Ballot:
    return Ballot(
        tuple(answers), tuple(answers), tuple(a == "r" for a in answers), tuple(map(str, range(len(answers))))
    )


def test_sizes_double_up_to_all_rationales() -> None:
    assert sizes(1) == [1]
    assert sizes(8) == [1, 2, 4, 8]
    assert sizes(24) == [1, 2, 4, 8, 16, 24]


def test_all_rationales_have_one_subset_whose_accuracy_is_the_methods(settings: Make) -> None:
    ballots = {"p": ballot("wwwr"), "q": ballot("rrww")}
    scores = {"3": Fraction(1), "0": Fraction(1, 9)}
    methods = [Method("sc", "sc", ballots), Method("sum", "sum", ballots, "all", scores)]
    curve = tables.search_curve.validate(accuracy_curve(methods, settings(), 0))
    last = curve[curve["rationales"] == 4].set_index("method")
    assert last["accuracy"].to_dict() == {"sc": 0.5, "sum": 0.5}
    assert (last["sd"] == 0).all()
    assert curve["rationales"].tolist() == [1, 2, 4] * 2


def test_one_rationale_is_right_as_often_as_rationales_are(settings: Make) -> None:
    ballots = {f"p{n}": ballot("rrrw") for n in range(200)}
    curve = accuracy_curve([Method("sc", "sc", ballots)], settings(subsets=20), 0)
    first = curve[curve["rationales"] == 1].iloc[0]
    assert first["accuracy"] == pytest.approx(0.75, abs=0.03)
    assert first["sd"] > 0


def test_methods_see_the_same_subsets_and_a_seed_gives_the_same_curve(settings: Make) -> None:
    ballots = {f"p{n}": ballot("rrwwwrwr") for n in range(9)}
    level = {str(n): Fraction(1) for n in range(8)}
    methods = [Method("sc", "sc", ballots), Method("sum", "sum", ballots, "all", level)]
    curve = accuracy_curve(methods, settings(), 3)
    by_method = {name: rows["accuracy"].tolist() for name, rows in curve.groupby("method")}
    assert by_method["sc"] == by_method["sum"]  # equal scores are votes
    assert curve.equals(accuracy_curve(methods, settings(), 3))
    assert not curve.equals(accuracy_curve(methods, settings(), 4))


@hypothesis_settings(deadline=None)
@given(st.lists(st.text("rw", min_size=1, max_size=9), min_size=1, max_size=4), st.integers(0, 9))
def test_accuracy_is_a_share_whatever_the_ballots(answers: list[str], seed: int) -> None:
    ballots = {f"p{n}": ballot(one) for n, one in enumerate(answers)}
    settings = SearchSettings(baselines=(), subsets=2)
    curve = tables.search_curve.validate(accuracy_curve([Method("sc", "sc", ballots)], settings, seed))
    assert curve["rationales"].max() == max(map(len, answers))
