import pytest

from lbt.reporting.texts import difference, duration, spent


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "0 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (185, "3 min 05 s"), (7440, "2 h 04 min")],
)
def test_durations_are_readable(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_times_too_short_to_matter_are_left_out() -> None:
    assert spent({"problems": 0.1, "teaching": 12.0, "exams": 61.0}) == "teaching 12 s, exams 1 min 01 s"


def test_what_rounds_to_no_difference_has_no_minus() -> None:
    figures = {"d": 0.0, "d_ci_low": -1e-9, "d_ci_high": 0.2142, "p": 0.5}
    assert difference(figures, "d", "p") == "+0.0 points [+0.0, +21.4], p = 0.5"
