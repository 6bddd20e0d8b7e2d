import pytest
from pydantic import ValidationError

from lbt.search import SearchSettings


@pytest.mark.parametrize("change", [{"paper": True}, {"combination": "pooled"}])
def test_early_ends_go_by_the_mean_score_only(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match=r"search\.examiner: full"):
        SearchSettings(examiner="exact", **change)  # type: ignore[arg-type]


def test_the_command_line_can_name_one_baseline_or_none() -> None:
    assert SearchSettings(baselines="teacher_exams").baselines == ("teacher_exams",)  # type: ignore[arg-type]
    assert SearchSettings(baselines="none").baselines == ()  # type: ignore[arg-type]


def test_the_paper_switch_overrides_keys_and_ties() -> None:
    settings = SearchSettings(paper=True, answers="classes", ties="first")
    assert settings.by_string
    assert settings.tie_rule == "reference"
