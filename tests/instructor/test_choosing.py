"""Promises of the training sets: as many items in every arm, and no source before another has its turn."""

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lbt.instructor.choosing import equal_size, in_turn, parts_of

from .conftest import instructor_settings

COUNTS = st.dictionaries(st.sampled_from(["original", "blind", "le", "lec"]), st.integers(0, 60), min_size=1)
OPTIONS = st.fixed_dictionaries(
    {
        "items": st.integers(10, 40),
        "minimum_items": st.integers(1, 10),
        "mix": st.sampled_from([0.0, 0.25, 0.5]),
    }
)


@given(COUNTS, OPTIONS, st.integers(0, 40))
@settings(deadline=None)
def test_every_trained_arm_gets_as_many_items_and_has_them(
    usable: Any, options: dict[str, Any], originals: int
) -> None:
    own = instructor_settings(**options)
    size, reasons = equal_size(usable, originals, own)
    trained = usable.keys() - reasons.keys()
    assert size <= own.items
    for arm in trained:
        of_arm, mixed = parts_of(size, arm, own)
        assert of_arm + mixed == size >= own.minimum_items
        assert of_arm <= usable[arm]
        assert mixed <= originals
    assert not trained or size > 0
    assert all("(instructor.minimum_items)" in reason for reason in reasons.values())


def test_the_smallest_arm_sets_the_size_and_one_below_the_minimum_does_not() -> None:
    own = instructor_settings(items=40, minimum_items=5)
    assert equal_size({"original": 50, "le": 30, "lec": 4}, 0, own)[0] == 30
    assert list(equal_size({"original": 50, "le": 30, "lec": 4}, 0, own)[1]) == ["lec"]
    assert equal_size({"original": 90, "le": 90}, 0, own) == (40, {})


def test_original_data_is_a_share_of_the_other_arms_sets() -> None:
    own = instructor_settings(items=40, minimum_items=5, mix=0.25)
    assert parts_of(40, "le", own) == (30, 10)
    assert parts_of(40, "original", own) == (40, 0)
    assert equal_size({"le": 60}, 5, own)[0] == 16 + 5


@given(st.lists(st.integers(0, 6), max_size=60), st.integers(0, 60), st.integers(0, 9))
def test_the_beginning_of_the_order_takes_from_all_sources_evenly(
    sources: list[int], count: int, seed: int
) -> None:
    items = list(enumerate(sources))
    ordered = in_turn(items, sources, seed)
    assert sorted(ordered) == items
    taken = Counter(source for _, source in ordered[:count])
    total = Counter(sources)
    most = max(taken.values(), default=0)
    assert all(taken[source] >= min(most - 1, total[source]) for source in total)
