"""A text of a run is previewed in kedro-viz."""

import inspect
import json
from pathlib import Path

import pytest

from lbt.datasets import ShownTextDataset


@pytest.mark.parametrize("count", [0, 1, 60, 61, 200])
def test_the_preview_has_the_first_lines_and_says_how_many_are_left_out(tmp_path: Path, count: int) -> None:
    lines = [f"line {number}" for number in range(count)]
    dataset = ShownTextDataset(filepath=str(tmp_path / "summary.txt"))
    dataset.save("\n".join(lines))
    shown = json.loads(dataset.preview())["lines"]
    assert shown[:60] == lines[:60]
    assert shown[60:] == ([f"… {count - 60} more"] if count > 60 else [])


def test_the_preview_of_a_page_says_where_it_is(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    dataset = ShownTextDataset(filepath=str(page))
    dataset.save("<html></html>")
    assert json.loads(dataset.preview()) == {"file": str(page)}


def test_kedro_viz_knows_the_kind_of_the_preview() -> None:
    kind = inspect.signature(ShownTextDataset.preview).return_annotation
    assert kind.__name__ == "JSONPreview"
