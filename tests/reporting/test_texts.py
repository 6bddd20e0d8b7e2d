import pytest

from lbt.reporting.texts import difference, duration, intervals_note, spent


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "0 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (185, "3 min 05 s"), (7440, "2 h 04 min")],
)
def test_durations_are_readable(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_times_too_short_to_matter_are_left_out() -> None:
    assert spent({"problems": 0.1, "teaching": 12.0, "exams": 61.0}) == "teaching 12 s, exams 1 min 01 s"


def test_what_rounds_to_no_difference_has_no_minus() -> None:
    figures = {"d": 0.0, "d_ci_low": -1e-9, "d_ci_high": 0.2142, "d_p_value": 0.5}
    assert difference(figures, "Gain", "d", "d_") == [("Gain", "+0.0 points [+0.0, +21.4], p = 0.5")]
    assert difference(figures, "Gain", "other", "other_") == []


def test_a_difference_is_told_for_new_families_too_and_a_note_says_which_is_which() -> None:
    figures = {"d": 0.3, "d_ci_low": 0.2, "d_ci_high": 0.4, "p_value": 6e-34}
    assert intervals_note(figures) == ""
    figures |= {"d_family_ci_low": 0.1, "d_family_ci_high": 0.5, "family_p_value": 0.001}
    assert difference(figures, "Gain", "d", "") == [
        ("Gain", "+30.0 points [+20.0, +40.0], p = 6e-34"),
        ("  in new families", "[+10.0, +50.0], p = 0.001"),
    ]
    assert "families that this run did not have" in intervals_note(figures)
